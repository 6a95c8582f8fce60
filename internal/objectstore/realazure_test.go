package objectstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"

	"ph2cio/internal/exit"
	"ph2cio/internal/source"
	"ph2cio/internal/testkit/azurite"
	"ph2cio/internal/testkit/fakestore"
)

// TestAzuriteIsRead lists several pages of blobs, with odd names among them, and reads blobs in every way: in
// order, at any offset, through a proxy that breaks transfers, and after they were changed.
func TestAzuriteIsRead(t *testing.T) {
	server := azurite.Start(t)
	names := []string{"p/a b", "p/a+b", "p/a%20b", "p/ä/ö", "p/?x=y&z", "p/#", "p/.hidden", "p/*[x]", "p/emoji😀", "p/quote\"'<>", "p/a:b"}
	for i := range 50 {
		names = append(names, fmt.Sprintf("p/2026-03-04T09:00:00+00:00-2026-03-04T10:00:00+00:00-%04d.jsonl", i))
	}
	blobs := map[string][]byte{}
	for _, name := range names {
		blobs[name] = []byte(name)
	}
	server.PutAll(t, blobs)
	server.Put(t, "p/folder", nil, map[string]*string{"hdi_isfolder": new("true")})
	large := noise(1, 2*partSize+1)
	server.Put(t, "large", large, nil)

	proxy := &fakestore.Proxy{Server: server}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	s := openStores(t, Options{AzureEndpoint: front.URL, Temporary: t.TempDir()}, server.Environment())
	s.az.service.(*azService).page = 7
	found := listAll(t, s, azurite.Prefix+"p/")
	if len(found) != len(names)+1 || s.Counts().Lists < 9 {
		t.Errorf("found %d of %d, in %d requests", len(found), len(names)+1, s.Counts().Lists)
	}
	for _, one := range found {
		name := strings.TrimPrefix(one.Name, azurite.Prefix)
		if name == "p/folder/" {
			continue
		}
		if got := readOne(t, one); blobs[name] == nil || string(got) != name {
			t.Errorf("%q: read %q", one.Name, got)
		}
		if now, err := one.Now(t.Context()); err != nil || now != one {
			t.Errorf("%q is %v now, %v; was %v", one.Name, now, err, one)
		}
	}

	proxy.Fail(fakestore.Rules([]fakestore.Rule{{Method: "GET", Times: 3, Fault: fakestore.Fault{Cut: 1_000_003}}, {Method: "GET", Times: 2, Fault: fakestore.Fault{Status: 503, Code: "ServerBusy"}}}))
	one := listAll(t, s, azurite.Prefix+"large")[0]
	if got := readOne(t, one); !bytes.Equal(got, large) {
		t.Errorf("read %d other bytes", len(got))
	}
	file, err := one.Open(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for at := int64(0); at < one.Size; at += 1_000_003 {
		checkAt(t, file.(io.ReaderAt), large, one.Size-at, 70_000)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	server.Put(t, "large", noise(2, 100), nil)
	if _, err := tryRead(t, one); !errors.Is(err, source.ErrChanged) {
		t.Error("replaced:", err)
	}
	server.Delete(t, "large")
	if _, err := tryRead(t, one); !errors.Is(err, source.ErrChanged) {
		t.Error("removed:", err)
	}
	if _, err := one.Now(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Error("removed:", err)
	}
	nothingHeld(t, s)
}

// TestAzuriteRefusesOtherCredentials has a wrong key, tokens that lack something or have expired, and a
// container that is not there.
func TestAzuriteRefusesOtherCredentials(t *testing.T) {
	server := azurite.Start(t)
	server.Put(t, "x", []byte("text"), nil)
	all := sas.ContainerPermissions{Read: true, List: true}
	for _, c := range []struct {
		key, sas, url, want string
	}{
		{sas: server.SAS(t, all, time.Hour)},
		{key: server.Key, url: "az://exports/nobucket/", want: `the container "nobucket" does not exist in the storage account "exports"`},
		{key: "Q0FOQVJZ", want: "check AZURE_STORAGE_KEY"},
		{sas: server.SAS(t, sas.ContainerPermissions{Read: true}, time.Hour), want: "the SAS token lacks the permission l (List)"},
		{sas: server.SAS(t, sas.ContainerPermissions{List: true}, time.Hour), want: "the SAS token lacks the permission r (Read)"},
		{sas: server.SAS(t, all, -time.Hour), want: "the SAS token has expired"},
	} {
		settings := fakestore.AzureEnvironment("", c.key, c.sas)
		s := openStores(t, Options{AzureEndpoint: server.URL}, settings)
		url := c.url
		if url == "" {
			url = azurite.Prefix
		}
		l, err := s.Remote(url)
		if err != nil {
			t.Fatal(err)
		}
		found, err := l.List(t.Context(), url)
		if err == nil {
			_, err = tryRead(t, found[0])
		}
		said := ""
		if err != nil {
			said = err.Error() + "; " + exit.Hint(err)
		}
		if (err != nil) != (c.want != "") || !strings.Contains(said, c.want) || strings.Contains(said, "sig=") || strings.Contains(said, "Q0FOQVJZ") {
			t.Errorf("%s, want %s", said, c.want)
		}
	}
}
