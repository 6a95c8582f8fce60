package objectstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"ph2cio/internal/exit"
	"ph2cio/internal/source"
	"ph2cio/internal/testkit/fakestore"
)

// TestAzureListsEveryBlob lists several pages of names with anything in them. Blobs that stand for folders
// end with a slash, as in S3.
func TestAzureListsEveryBlob(t *testing.T) {
	f := &fake{page: 7}
	names := []string{
		"p/2026-03-04T09:00:00+00:00-x.jsonl", "p/a b", "p/a+b", "p/a%20b", "p/a%2Fb", "p/ä/ö", "p/new\nline", "p/tab\t", "p/<&>\"'", "p/?x=y", "p/#",
		"p/.hidden", "p/dir/", "p/\x01", "p//double", "p/../up", "p/*[x]", "p/emoji😀",
	}
	for i, name := range names {
		f.Put(name, fmt.Appendf(nil, "%d", i))
	}
	f.Put("other", nil)
	f.Put("p/folder", nil)
	s := f.startAzure(t, Options{}, "p/folder")
	found := listAll(t, s, azurePrefix+"p/")
	var got []string
	for _, one := range found {
		got = append(got, strings.TrimPrefix(one.Name, azurePrefix))
	}
	want := append(slices.Clone(names), "p/folder/")
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	for _, one := range found {
		if strings.HasSuffix(one.Name, "folder/") {
			continue
		}
		if one.Version.Tag == "" || one.Version.Modified == 0 || strings.Contains(one.Version.Tag, `"`) {
			t.Errorf("%q has version %v", one.Name, one.Version)
		}
		if now, err := one.Now(t.Context()); err != nil || now != one {
			t.Errorf("%q is %v now, %v; was %v", one.Name, now, err, one)
		}
		if text := readOne(t, one); len(text) != int(one.Size) {
			t.Errorf("%q: read %q", one.Name, text)
		}
	}
	if n := f.TakeCounts().Lists; n != 3 {
		t.Errorf("%d requests list %d blobs", n, len(want))
	}
	l, _ := s.Remote(azurePrefix)
	for _, name := range []string{"p/folder", "p/nothing"} {
		if _, err := l.Look(t.Context(), azurePrefix+name); !errors.Is(err, fs.ErrNotExist) {
			t.Error(name, err)
		}
	}
}

// TestAzuresBrokenTransfersAreResumedWithTheTag cuts bodies: reading gets all bytes, each of them once, and
// asks for the rest of the same version.
func TestAzuresBrokenTransfersAreResumedWithTheTag(t *testing.T) {
	f := &fake{}
	want := noise(1, 10<<20)
	f.Put("x", want)
	cuts := 0
	f.Fail(func(r *http.Request, n int) *fakestore.Fault {
		if strings.HasSuffix(r.URL.Path, "/x") && r.Header.Get("If-Match") == "" {
			return &fakestore.Fault{Status: 400, Code: "NoTag"}
		}
		if n%3 != 0 {
			cuts++
			return &fakestore.Fault{Cut: n * 7919 % (2 << 20), Header: map[string]string{"Content-Encoding": "gzip"}}
		}
		return nil
	})
	s := f.startAzure(t, Options{})
	one := listAll(t, s, azurePrefix)[0]
	if got := readOne(t, one); !bytes.Equal(got, want) {
		t.Errorf("read %d other bytes", len(got))
	}
	if fetched := s.Counts().Bytes; cuts == 0 || fetched != int64(len(want)) {
		t.Errorf("%d cuts, %d bytes fetched for %d", cuts, fetched, len(want))
	}
	f.Put("x", noise(2, 10<<20))
	if _, err := tryRead(t, one); !errors.Is(err, source.ErrChanged) {
		t.Error("replaced:", err)
	}
	f.Delete("x")
	if _, err := tryRead(t, one); !errors.Is(err, source.ErrChanged) {
		t.Error("removed:", err)
	}
	nothingHeld(t, s)
}

// TestAzuresErrorsSayWhatToDo has the answers of Azure for what users do wrong, with a key and with a SAS
// token.
func TestAzuresErrorsSayWhatToDo(t *testing.T) {
	const unavailable = true
	yesterday, tomorrow := time.Now().Add(-24*time.Hour).UTC().Format(time.RFC3339), time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339)
	old := map[string]string{"Date": time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)}
	for _, c := range []struct {
		list        bool
		sas         string // empty for a key
		fault       fakestore.Fault
		want, hint  string
		code        int
		unavailable bool
	}{
		{list: true, sas: "sp=r&se=" + tomorrow, fault: fakestore.Fault{Status: 403, Code: "AuthorizationPermissionMismatch"}, want: "the SAS token lacks the permission l (List)", hint: "r (Read) and l (List)", code: exit.Credentials, unavailable: unavailable},
		{sas: "sp=l", fault: fakestore.Fault{Status: 403, Code: "AuthorizationPermissionMismatch"}, want: "the SAS token lacks the permission r (Read)", hint: "AZURE_STORAGE_SAS_TOKEN", code: exit.Credentials, unavailable: unavailable},
		{sas: "sp=rl", fault: fakestore.Fault{Status: 403, Code: "AuthorizationPermissionMismatch"}, want: "AZURE_STORAGE_SAS_TOKEN does not allow to read the object", hint: "Storage Blob Data Reader", code: exit.Credentials, unavailable: unavailable},
		{list: true, sas: "sp=rl&ss=q&srt=sco", fault: fakestore.Fault{Status: 403, Code: "AuthorizationServiceMismatch"}, want: "lacks the service b (Blob)", code: exit.Credentials, unavailable: unavailable},
		{list: true, sas: "sp=rl&ss=b&srt=o", fault: fakestore.Fault{Status: 403, Code: "AuthorizationResourceTypeMismatch"}, want: "lacks the resource type c (Container)", code: exit.Credentials, unavailable: unavailable},
		{list: true, sas: "sp=rl&sr=b", fault: fakestore.Fault{Status: 403, Code: "AuthenticationFailed"}, want: "it is for one blob", code: exit.Credentials, unavailable: unavailable},
		{list: true, sas: "sp=rl&se=" + yesterday, fault: fakestore.Fault{Status: 403, Code: "AuthenticationFailed"}, want: "the SAS token has expired", hint: "it resumes", code: exit.Credentials, unavailable: unavailable},
		{sas: "si=policy", fault: fakestore.Fault{Status: 403, Code: "AuthenticationFailed", Message: "Signature not valid in the specified time frame: Start [x] - Expiry [y]"}, want: "the SAS token has expired", code: exit.Credentials, unavailable: unavailable},
		{list: true, fault: fakestore.Fault{Status: 403, Code: "AuthenticationFailed"}, want: "refused the credentials: 403 AuthenticationFailed (request ID REQ123)", hint: "AZURE_STORAGE_KEY", code: exit.Credentials, unavailable: unavailable},
		{list: true, fault: fakestore.Fault{Status: 403, Code: "AuthenticationFailed", Header: old}, want: "clock of this machine", code: exit.Credentials, unavailable: unavailable},
		{fault: fakestore.Fault{Status: 403, Code: "AuthenticationFailed", Message: "Request date header too old: 'x'"}, want: "clock of this machine", code: exit.Credentials, unavailable: unavailable},
		{list: true, fault: fakestore.Fault{Status: 403, Code: "AuthorizationFailure"}, want: "refused access: 403 AuthorizationFailure", hint: "firewall", code: exit.Credentials, unavailable: unavailable},
		{list: true, fault: fakestore.Fault{Status: 403, Code: "KeyBasedAuthenticationNotPermitted"}, want: "takes no keys", hint: "az login", code: exit.Credentials, unavailable: unavailable},
		{list: true, fault: fakestore.Fault{Status: 403, Code: "AccountIsDisabled"}, want: `"account" is disabled`, code: exit.Credentials, unavailable: unavailable},
		{list: true, fault: fakestore.Fault{Status: 404, Code: "ContainerNotFound"}, want: `the container "bucket" does not exist in the storage account "account"`, code: exit.Failed, unavailable: unavailable},
		{fault: fakestore.Fault{Status: 409, Code: "BlobArchived"}, want: "archived", hint: "tier", code: exit.Failed},
		{fault: fakestore.Fault{Status: 409, Code: "BlobUsesCustomerSpecifiedEncryption"}, want: "encrypted with a key", code: exit.Failed},
		{fault: fakestore.Fault{Status: 412, Code: "ConditionNotMet"}, want: "replaced", code: exit.Failed},
		{list: true, fault: fakestore.Fault{Status: 307, Code: "X", Header: map[string]string{"Location": "/elsewhere"}}, want: "leads to another address", hint: "--azure-endpoint", code: exit.Failed, unavailable: unavailable},
		{fault: fakestore.Fault{Status: 418, Code: "Odd<b>"}, want: "refused the request: 418 (request ID REQ123)", code: exit.Failed},
	} {
		f := &fake{}
		f.Put("x", []byte("text"))
		requests := 0
		f.Fail(func(r *http.Request, _ int) *fakestore.Fault {
			if c.list != fakestore.IsList(r) {
				return nil
			}
			requests++
			return &c.fault
		})
		f.startAzure(t, Options{})
		s := f.startAzure(t, Options{})
		if c.sas != "" {
			t.Setenv("AZURE_STORAGE_KEY", "")
			t.Setenv("AZURE_STORAGE_SAS_TOKEN", "?"+c.sas+"&sig=CANARYSIG")
		}
		l, err := s.Remote(azurePrefix)
		if err != nil {
			t.Fatal(err)
		}
		found, err := l.List(t.Context(), azurePrefix)
		if !c.list {
			if err != nil {
				t.Fatal(err)
			}
			_, err = tryRead(t, found[0])
		}
		what := fmt.Sprintf("%d %s %s", c.fault.Status, c.fault.Code, c.sas)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(exit.Hint(err), c.hint) || requests != 1 {
			t.Errorf("%s, after %d requests: %v; %s", what, requests, err, exit.Hint(err))
			continue
		}
		if exit.Code(err) != c.code || errors.Is(err, source.ErrUnavailable) != c.unavailable {
			t.Errorf("%s: exit code %d, unavailable %t", what, exit.Code(err), errors.Is(err, source.ErrUnavailable))
		}
		for _, secret := range []string{"CANARY", "Q0FOQVJZ", "sig=", "http", "RESPONSE"} {
			if strings.Contains(err.Error()+exit.Hint(err), secret) {
				t.Errorf("%s: %v has %s", what, err, secret)
			}
		}
	}
}

// TestABusyAzureIsAskedAgain fails half of the requests in every way that is temporary, and cuts lists.
func TestABusyAzureIsAskedAgain(t *testing.T) {
	f := &fake{}
	f.fill(8, 1000)
	codes := []fakestore.Fault{{Status: 503, Code: "ServerBusy"}, {Status: 500, Code: "InternalError"}, {Status: 500, Code: "OperationTimedOut"}, {Status: 429}, {Status: 502}, {Status: 408}}
	f.Fail(func(_ *http.Request, n int) *fakestore.Fault {
		if n%2 == 1 {
			return &codes[n/2%len(codes)]
		}
		return nil
	})
	s := f.startAzure(t, Options{})
	for i, one := range listAll(t, s, azurePrefix) {
		if _, err := one.Now(t.Context()); err != nil {
			t.Error(err)
		}
		if !bytes.Equal(readOne(t, one), noise(uint64(i), 1000)) {
			t.Error(one.Name, "is different")
		}
	}
	if lists := f.TakeCounts(); lists.Lists != 2 {
		t.Errorf("%+v", lists)
	}
}

// token is a sign-in with always the same token, or none.
type token struct{ err error }

// GetToken returns the token.
func (t token) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "CANARYTOKEN", ExpiresOn: time.Now().Add(time.Hour)}, t.err
}

// TestTheSignInIsUsedWithoutOtherCredentials reads by a token, lacks a role, and has no token.
func TestTheSignInIsUsedWithoutOtherCredentials(t *testing.T) {
	f := &fake{}
	f.Put("x", []byte("text"))
	signIn := func(with token) *Stores {
		s := f.startAzure(t, Options{Setting: func(string) string { return "" }})
		s.az.service.(*azService).account.signIn = func() (azcore.TokenCredential, error) { return azSignIn{with}, nil }
		return s
	}
	s := signIn(token{})
	f.Fail(func(r *http.Request, _ int) *fakestore.Fault {
		if r.Header.Get("Authorization") != "Bearer CANARYTOKEN" {
			return &fakestore.Fault{Status: 403, Code: "AuthenticationFailed"}
		}
		return nil
	})
	if got := readOne(t, listAll(t, s, azurePrefix)[0]); string(got) != "text" {
		t.Errorf("read %q", got)
	}
	f.Fail(func(*http.Request, int) *fakestore.Fault {
		return &fakestore.Fault{Status: 403, Code: "AuthorizationPermissionMismatch"}
	})
	l, _ := s.Remote(azurePrefix)
	if _, err := l.List(t.Context(), azurePrefix); err == nil || !strings.Contains(err.Error(), `lacks the role Storage Blob Data Reader on the container "bucket"`) {
		t.Error(err)
	}
	f.TakeCounts()
	for _, why := range []error{errors.New("CANARY"), &azidentity.AuthenticationFailedError{}} {
		s := signIn(token{err: why})
		l, _ := s.Remote(azurePrefix)
		_, err := l.List(t.Context(), azurePrefix)
		if err == nil || strings.Contains(err.Error(), "CANARY") || !strings.Contains(exit.Hint(err), "az login") || exit.Code(err) != exit.Credentials {
			t.Error(err)
		}
	}
	if f.TakeCounts().Lists > 0 {
		t.Error("there were requests without a token")
	}
}

// TestWhatIsNotAzure answers as other servers do, and is not there at all.
func TestWhatIsNotAzure(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><p>Sign in & go on</html>")
	}))
	t.Cleanup(page.Close)
	empty := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(empty.Close)
	for endpoint, want := range map[string]string{
		page.URL: "not one of Azure's Blob Storage", empty.URL: "not one of Azure's Blob Storage",
		"https://account.blob.no-such-host.invalid": `the storage account "account" does not exist: the host "account.blob.no-such-host.invalid" has no address`,
	} {
		s := openStores(t, Options{AzureEndpoint: endpoint}, azureCanary)
		l, _ := s.Remote(azurePrefix)
		_, err := l.List(t.Context(), azurePrefix)
		if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, source.ErrUnavailable) {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}
