package objectstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"ph2cio/internal/exit"
	"ph2cio/internal/source"
	"ph2cio/internal/testkit/fakestore"
)

// TestBrokenTransfersAreResumedWithTheTag cuts bodies at random places: reading gets all bytes, and asks for
// the rest of the same version.
func TestBrokenTransfersAreResumedWithTheTag(t *testing.T) {
	f := &fake{}
	want := noise(1, 10<<20)
	f.Put("x", want)
	cuts := 0
	f.Fail(func(r *http.Request, n int) *fakestore.Fault {
		if r.URL.Path == "/bucket/x" && r.Header.Get("If-Match") == "" {
			return &fakestore.Fault{Status: 400, Code: "NoTag"}
		}
		if n%3 != 0 {
			cuts++
			return &fakestore.Fault{Cut: n * 7919 % (2 << 20)}
		}
		return nil
	})
	s := f.start(t, Options{})
	if got := readOne(t, listAll(t, s, "s3://bucket/")[0]); !bytes.Equal(got, want) {
		t.Errorf("read %d other bytes", len(got))
	}
	if fetched := s.Counts().Bytes; cuts == 0 || fetched != int64(len(want)) {
		t.Errorf("%d cuts, %d bytes fetched for %d", cuts, fetched, len(want))
	}
	nothingHeld(t, s)
}

// TestBrokenListsAreListedAgain cuts each page of a list once, after its first byte or in the middle: no key is
// missing, and none is there twice.
func TestBrokenListsAreListedAgain(t *testing.T) {
	for _, cut := range []int{1, 300} {
		f := &fake{page: 4}
		for i := range 10 {
			f.Put(fmt.Sprint("p/", i), []byte("text"))
		}
		f.Fail(func(_ *http.Request, n int) *fakestore.Fault {
			if n%2 == 1 {
				return &fakestore.Fault{Cut: cut}
			}
			return nil
		})
		s := f.start(t, Options{})
		if found := listAll(t, s, "s3://bucket/p/"); len(found) != 10 || f.TakeCounts().Lists != 6 {
			t.Errorf("cut after %d bytes: found %v", cut, found)
		}
	}
}

// TestChangedObjectsAreNoticed replaces or removes an object before it is opened, or while it is read.
func TestChangedObjectsAreNoticed(t *testing.T) {
	for _, remove := range []bool{false, true} {
		for _, early := range []bool{false, true} {
			f := &fake{}
			f.Put("x", noise(1, 20<<20))
			s := f.start(t, Options{Memory: partSize})
			one := listAll(t, s, "s3://bucket/")[0]
			change := func() {
				if remove {
					f.Delete("x")
				} else {
					f.Put("x", noise(2, 20<<20))
				}
			}
			if early {
				change()
			}
			file, err := one.Open(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			if !early {
				if _, err := file.Read(make([]byte, 10)); err != nil {
					t.Fatal(err)
				}
				change()
			}
			_, err = new(bytes.Buffer).ReadFrom(file)
			if !errors.Is(err, source.ErrChanged) {
				t.Errorf("removed %t, early %t: %v", remove, early, err)
			}
			if err := file.Close(); err != nil {
				t.Error(err)
			}
			nothingHeld(t, s)
		}
	}
}

// TestErrorsSayWhatToDo has the answers of S3 for what users do wrong.
func TestErrorsSayWhatToDo(t *testing.T) {
	const unavailable = true
	for _, c := range []struct {
		method      string
		list        bool
		fault       fakestore.Fault
		want, hint  string
		code        int
		unavailable bool
	}{
		{list: true, fault: fakestore.Fault{Status: 403, Code: "AccessDenied"}, want: "permission s3:ListBucket on arn:aws:s3:::bucket", code: exit.Credentials, unavailable: unavailable},
		{fault: fakestore.Fault{Status: 403, Code: "AccessDenied"}, want: "permission s3:GetObject on arn:aws:s3:::bucket/*", hint: "--s3-requester-pays", code: exit.Credentials, unavailable: unavailable},
		{fault: fakestore.Fault{Status: 403, Code: "AccessDenied", Message: "User is not authorized to perform: kms:Decrypt on"}, want: "kms:Decrypt", code: exit.Credentials, unavailable: unavailable},
		{list: true, fault: fakestore.Fault{Status: 403, Code: "InvalidAccessKeyId"}, want: "refused the credentials: 403 InvalidAccessKeyId (request ID REQ123)", code: exit.Credentials, unavailable: unavailable},
		{list: true, fault: fakestore.Fault{Status: 403, Code: "SignatureDoesNotMatch"}, want: "refused the credentials", code: exit.Credentials, unavailable: unavailable},
		{fault: fakestore.Fault{Status: 400, Code: "ExpiredToken"}, want: "have expired", hint: "resumes", code: exit.Credentials, unavailable: unavailable},
		{list: true, fault: fakestore.Fault{Status: 403, Code: "RequestTimeTooSkewed"}, want: "clock of this machine", code: exit.Credentials, unavailable: unavailable},
		{list: true, fault: fakestore.Fault{Status: 301, Code: "PermanentRedirect"}, want: "in another region", hint: "--s3-region", code: exit.Failed, unavailable: unavailable},
		{list: true, fault: fakestore.Fault{Status: 400, Code: "AuthorizationHeaderMalformed", Header: map[string]string{"x-amz-bucket-region": "eu-west-3"}}, want: "in the region eu-west-3", hint: "--s3-region eu-west-3", code: exit.Failed, unavailable: unavailable},
		{fault: fakestore.Fault{Status: 403, Code: "InvalidObjectState"}, want: "archived", hint: "restore", code: exit.Failed},
		{fault: fakestore.Fault{Status: 418, Code: "Odd\x1b[31m"}, want: "refused the request: 418 (request ID REQ123)", code: exit.Failed},
		{fault: fakestore.Fault{Status: 412, Code: "PreconditionFailed"}, want: "replaced", code: exit.Failed},
	} {
		f := &fake{}
		f.Put("x", []byte("text"))
		f.Fail(func(r *http.Request, _ int) *fakestore.Fault {
			if c.list == fakestore.IsList(r) {
				return &c.fault
			}
			return nil
		})
		s := f.start(t, Options{Region: map[bool]string{true: "eu-central-1"}[c.fault.Header != nil]})
		l, err := s.Remote("s3://bucket/")
		if err != nil {
			t.Fatal(err)
		}
		found, err := l.List(t.Context(), "s3://bucket/")
		if !c.list {
			if err != nil {
				t.Fatal(err)
			}
			_, err = tryRead(t, found[0])
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(exit.Hint(err), c.hint) {
			t.Errorf("%d %s: %v; %s", c.fault.Status, c.fault.Code, err, exit.Hint(err))
			continue
		}
		if exit.Code(err) != c.code || errors.Is(err, source.ErrUnavailable) != c.unavailable {
			t.Errorf("%d %s: exit code %d, unavailable %t", c.fault.Status, c.fault.Code, exit.Code(err), errors.Is(err, source.ErrUnavailable))
		}
		for _, secret := range []string{"CANARY", "Signature=", "X-Amz", "operation error"} {
			if strings.Contains(err.Error()+exit.Hint(err), secret) {
				t.Errorf("%d %s: %v has %s", c.fault.Status, c.fault.Code, err, secret)
			}
		}
	}
}

// TestOneDeniedObjectDoesNotEndAll: when another object of the bucket could be read, the rest may be
// readable.
func TestOneDeniedObjectDoesNotEndAll(t *testing.T) {
	f := &fake{}
	f.Put("a", []byte("text"))
	f.Put("b", []byte("text"))
	f.Fail(func(r *http.Request, _ int) *fakestore.Fault {
		if r.URL.Path == "/bucket/b" {
			return &fakestore.Fault{Status: 403, Code: "AccessDenied"}
		}
		return nil
	})
	found := listAll(t, f.start(t, Options{}), "s3://bucket/")
	readOne(t, found[0])
	if _, err := tryRead(t, found[1]); err == nil || errors.Is(err, source.ErrUnavailable) {
		t.Error(err)
	}
}

// TestTheRegionOfTheBucketIsFound: the first request fails, and all others go to the region that its answer
// names.
func TestTheRegionOfTheBucketIsFound(t *testing.T) {
	f := &fake{}
	f.Put("x", []byte("text"))
	var wrong atomic.Int32
	f.Fail(func(r *http.Request, _ int) *fakestore.Fault {
		if strings.Contains(r.Header.Get("Authorization"), "/eu-west-3/s3/") {
			return nil
		}
		wrong.Add(1)
		return &fakestore.Fault{Status: 400, Code: "AuthorizationHeaderMalformed", Header: map[string]string{"x-amz-bucket-region": "eu-west-3"}}
	})
	s := f.start(t, Options{})
	if got := readOne(t, listAll(t, s, "s3://bucket/")[0]); string(got) != "text" || wrong.Load() != 1 {
		t.Errorf("read %q; %d requests went to the wrong region", got, wrong.Load())
	}
}

// TestRedirectsAreNotFollowed: they could lead anywhere.
func TestRedirectsAreNotFollowed(t *testing.T) {
	f := &fake{}
	f.Fail(func(r *http.Request, n int) *fakestore.Fault {
		if n > 1 {
			t.Error("the redirect was followed:", r.URL)
		}
		return &fakestore.Fault{Status: 307, Code: "TemporaryRedirect", Header: map[string]string{"Location": "/elsewhere"}}
	})
	s := f.start(t, Options{})
	l, _ := s.Remote("s3://bucket/")
	if _, err := l.List(t.Context(), "s3://bucket/"); err == nil || !strings.Contains(err.Error(), "another region") {
		t.Error(err)
	}
}

// TestExpiredCredentialsAreRenewedOnce: the configuration is read again, as for a file of credentials that
// was renewed meanwhile.
func TestExpiredCredentialsAreRenewedOnce(t *testing.T) {
	f := &fake{}
	f.Put("x", []byte("text"))
	var expired atomic.Int32
	f.Fail(func(r *http.Request, _ int) *fakestore.Fault {
		if strings.Contains(r.Header.Get("Authorization"), "AKIDCANARY/") {
			expired.Add(1)
			return &fakestore.Fault{Status: 400, Code: "ExpiredToken"}
		}
		return nil
	})
	s := f.start(t, Options{})
	if _, _, err := s.s3.service.(*s3Service).account.client(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDNEW")
	if got := readOne(t, listAll(t, s, "s3://bucket/")[0]); string(got) != "text" || expired.Load() != 1 {
		t.Errorf("read %q; %d requests had the old credentials", got, expired.Load())
	}
}

// TestWithoutCredentials fails before any request.
func TestWithoutCredentials(t *testing.T) {
	f := &fake{}
	s := f.start(t, Options{})
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	l, _ := s.Remote("s3://bucket/")
	_, err := l.List(t.Context(), "s3://bucket/")
	if err == nil || !strings.Contains(err.Error(), "no credentials for S3") || exit.Code(err) != exit.Credentials || f.TakeCounts() != (fakestore.Counts{}) {
		t.Error(err)
	}
	s = f.start(t, Options{Profile: "nobody"})
	l, _ = s.Remote("s3://bucket/")
	if _, err := l.List(t.Context(), "s3://bucket/"); err == nil || !strings.Contains(err.Error(), `no profile "nobody"`) {
		t.Error(err)
	}
}

// TestBusyStoresAreAskedAgain fails half of the requests in every way that is temporary.
func TestBusyStoresAreAskedAgain(t *testing.T) {
	f := &fake{}
	f.fill(10, 1000)
	codes := []fakestore.Fault{{Status: 503, Code: "SlowDown"}, {Status: 500, Code: "InternalError"}, {Status: 503}, {Status: 429, Code: "TooManyRequests"}, {Status: 502}, {Status: 400, Code: "RequestTimeout"}}
	f.Fail(func(_ *http.Request, n int) *fakestore.Fault {
		if n%2 == 1 {
			return &codes[n/2%len(codes)]
		}
		return nil
	})
	s := f.start(t, Options{})
	for i, one := range listAll(t, s, "s3://bucket/") {
		if _, err := one.Now(t.Context()); err != nil {
			t.Error(err)
		}
		if !bytes.Equal(readOne(t, one), noise(uint64(i), 1000)) {
			t.Error(one.Name, "is different")
		}
	}
}

// TestUnreachableEndpoints: no secret and no URL of a request is in the errors.
func TestUnreachableEndpoints(t *testing.T) {
	for endpoint, want := range map[string]string{
		"http://no-such-host.invalid": `the host "no-such-host.invalid" has no address`,
	} {
		s := openStores(t, Options{Endpoint: endpoint}, canary)
		l, _ := s.Remote("s3://bucket/")
		began := time.Now()
		_, err := l.List(t.Context(), "s3://bucket/")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "list-type") || !errors.Is(err, source.ErrUnavailable) {
			t.Error(err)
		}
		if lasted := time.Since(began); lasted > 10*time.Second {
			t.Error("it took", lasted)
		}
	}
	for endpoint, wrong := range map[string]bool{"minio:9000": true, "ftp://x": true, "https://user:S3CR3T@host": true, "https://host?key=S3CR3T": true, "https://host": false, "http://127.0.0.1:9000/": false} {
		s, err := New(Options{Endpoint: endpoint})
		if (err != nil) != wrong || err != nil && strings.Contains(err.Error()+exit.Hint(err), "S3CR3T") {
			t.Errorf("%s: %v", endpoint, err)
		}
		if err == nil {
			s.Close()
		}
	}
}

// TestRequestsThatCannotBeMade: of some regions and names of buckets the library makes no address, and trying
// again would not help.
func TestRequestsThatCannotBeMade(t *testing.T) {
	for _, c := range []struct{ region, bucket string }{{"no region!", "bucket"}, {"eu-central-1", "bucket--x-s3"}} {
		synctest.Test(t, func(t *testing.T) {
			s := openStores(t, Options{Region: c.region}, canary)
			l, _ := s.Remote("s3://" + c.bucket)
			began := time.Now()
			_, err := l.List(t.Context(), "s3://"+c.bucket)
			if lasted := time.Since(began); err == nil || !strings.Contains(err.Error(), `for the bucket "`+c.bucket+`"`) || lasted > 0 {
				t.Errorf("%v after %v", err, lasted)
			}
			if !errors.Is(err, source.ErrUnavailable) || !strings.Contains(exit.Hint(err), "--s3-region") {
				t.Errorf("%v; %s", err, exit.Hint(err))
			}
			s.Close()
		})
	}
}

// TestCancellingEndsReading cancels while an answer is waited for.
func TestCancellingEndsReading(t *testing.T) {
	f := &fake{}
	f.Put("x", noise(1, 20<<20))
	f.Fail(func(r *http.Request, _ int) *fakestore.Fault {
		if !fakestore.IsList(r) {
			return &fakestore.Fault{Delay: time.Minute}
		}
		return nil
	})
	s := f.start(t, Options{})
	found := listAll(t, s, "s3://bucket/")
	ctx, cancel := context.WithCancelCause(t.Context())
	done := source.Announce(ctx, found)
	file, err := found[0].Open(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	time.AfterFunc(50*time.Millisecond, func() { cancel(stop) })
	if _, err := file.Read(make([]byte, 1)); !errors.Is(err, stop) {
		t.Error(err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	done()
	nothingHeld(t, s)
}

// TestAnythingButS3 answers a list with a web page.
func TestAnythingButS3(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><p>Sign in & go on</html>")
	}))
	t.Cleanup(server.Close)
	s := openStores(t, Options{Endpoint: server.URL}, canary)
	l, _ := s.Remote("s3://bucket/")
	if found, err := l.List(t.Context(), "s3://bucket/"); err == nil || !strings.Contains(err.Error(), "not one of S3") {
		t.Error(found, err)
	}
}

// TestTheRequesterPaysIfAsked: each request says so, or none does.
func TestTheRequesterPaysIfAsked(t *testing.T) {
	for _, pays := range []bool{false, true} {
		f := &fake{}
		f.Put("x", []byte("text"))
		f.Fail(func(r *http.Request, _ int) *fakestore.Fault {
			if (r.Header.Get("X-Amz-Request-Payer") == "requester") != pays {
				return &fakestore.Fault{Status: 403, Code: "AccessDenied"}
			}
			return nil
		})
		one := listAll(t, f.start(t, Options{RequesterPays: pays}), "s3://bucket/")[0]
		if _, err := one.Now(t.Context()); err != nil {
			t.Error(err)
		}
		readOne(t, one)
	}
}

// TestEndpointsOfServices: Amazon's have a host for each bucket, and Google's decompress for clients that do
// not take gzip.
func TestEndpointsOfServices(t *testing.T) {
	for endpoint, want := range map[string][2]string{
		"": {"false"}, "https://s3.eu-west-1.amazonaws.com": {"false"}, "https://bucket.vpce-1.s3.cn-north-1.vpce.amazonaws.com.cn": {"false"},
		"https://storage.googleapis.com": {"true", "gzip"}, "https://notamazonaws.com": {"true", "identity"}, "http://127.0.0.1:9000": {"true", "identity"},
	} {
		var o s3.Options
		(&s3Account{options: &Options{Endpoint: endpoint}}).configure(&o)
		if got := fmt.Sprint(o.UsePathStyle); got != want[0] || want[1] != "" && acceptedEncoding(endpoint) != want[1] {
			t.Errorf("%s: path style %s, encoding %s", endpoint, got, acceptedEncoding(endpoint))
		}
	}
}

// TestRemote chooses the store by the beginning of a URL.
func TestRemote(t *testing.T) {
	s := openStores(t, Options{}, canary)
	for arg, want := range map[string]string{
		"dir/file": "", "c:\\x": "", "-": "", "s3://bucket": "store", "s3://bucket/x*": "store",
		"s3://": "names no bucket", "S3://bucket/": "small letters", "gs://b/x": "https://storage.googleapis.com", "https://host/x": "--s3-endpoint", "ftp://host/x": "does not read ftp://",
	} {
		l, err := s.Remote(arg)
		got := map[bool]string{true: "store"}[l != nil]
		if err != nil {
			got = err.Error() + "; " + exit.Hint(err)
		}
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", arg, got, want)
		}
	}
}
