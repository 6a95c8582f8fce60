package objectstore

import (
	"fmt"
	"io"
	"net/http/httptest"
	"testing"

	"go.uber.org/goleak"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/fakestore"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// canary has credentials that must not appear in any output.
var canary = fakestore.S3Environment("AKIDCANARY", "SECRETCANARY", "TOKENCANARY")

// fake is an S3 server in this process with objects in memory, and a proxy before it.
type fake struct {
	fakestore.Memory
	fakestore.Proxy
	page int    // of a list; 0 for the server's own
	url  string // empty before it was started
}

// fill puts objects of this size with different bytes: object i, counted from 0, has noise(i, size).
func (f *fake) fill(count, size int) {
	for i := range count {
		f.Put(fmt.Sprintf("%06d", i), noise(uint64(i), size))
	}
}

// start starts the server, unless it has been, and returns stores that use it.
func (f *fake) start(t testing.TB, o Options) *Stores {
	t.Helper()
	if f.url == "" {
		f.Server = &fakestore.S3{Objects: &f.Memory, Page: f.page}
		server := httptest.NewServer(&f.Proxy)
		t.Cleanup(server.Close)
		f.url = server.URL
	}
	o.Endpoint = f.url
	return openStores(t, o, canary)
}

// azurePrefix is the URL of the container that startAzure serves.
const azurePrefix = "az://account/bucket/"

// azureCanary has credentials for it, which must not appear in any output.
var azureCanary = fakestore.AzureEnvironment("", "Q0FOQVJZ", "")

// startAzure is start for Azure. The empty blobs of these names stand for folders.
func (f *fake) startAzure(t testing.TB, o Options, folders ...string) *Stores {
	t.Helper()
	if f.url == "" {
		f.Server = &fakestore.Azure{Objects: &f.Memory, Account: "account", Signature: "CANARYSIG", Page: f.page, Folders: folders}
		server := httptest.NewServer(&f.Proxy)
		t.Cleanup(server.Close)
		f.url = server.URL
	}
	o.AzureEndpoint = f.url
	return openStores(t, o, azureCanary)
}

// openStores returns stores in an environment.
func openStores(t testing.TB, o Options, environment map[string]string) *Stores {
	t.Helper()
	for name, value := range environment {
		t.Setenv(name, value)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// listAll lists the bucket.
func listAll(t testing.TB, s *Stores, prefix string) []source.Source {
	t.Helper()
	l, err := s.Remote(prefix)
	if err != nil {
		t.Fatal(err)
	}
	found, err := l.List(t.Context(), prefix)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// readOne reads a source to its end.
func readOne(t testing.TB, s source.Source) []byte {
	t.Helper()
	text, err := tryRead(t, s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func tryRead(t testing.TB, s source.Source) ([]byte, error) {
	t.Helper()
	file, err := s.Open(t.Context(), 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}
