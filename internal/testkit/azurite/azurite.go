// Package azurite runs azurite, Microsoft's emulator of Azure's Blob Storage, for tests. It keeps blobs in
// memory. Where it is not installed, such tests are skipped.
package azurite

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"

	"ph2cio/internal/testkit/fakestore"
	"ph2cio/internal/testkit/realstore"
)

// Install is how to install azurite, so that tests find it.
const Install = "npm install --prefix DIR azurite@3.37.0, and set PH2CIO_AZURITE=DIR"

// The account and the container that every server has.
const (
	Account   = "exports"
	Container = "container"

	Prefix = "az://" + Account + "/" + Container + "/" // of the URLs of blobs
)

// Server is a running server. It stops at the end of the test.
type Server struct {
	URL string // of the account's blobs
	Key string // of the account

	client *container.Client
}

// Start starts a server, or skips the test if azurite is not installed.
func Start(tb testing.TB) *Server {
	tb.Helper()
	program := find()
	if program == "" {
		tb.Skip("azurite is not installed, so nothing is tested with a server of Azure's: " + Install)
	}
	s := &Server{Key: base64.StdEncoding.EncodeToString([]byte("canary-key-of-a-test"))}
	address, err := realstore.FreeAddress()
	if err != nil {
		tb.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(address) // which it has
	s.URL = "http://" + address + "/" + Account
	dir := tb.TempDir()
	cmd := exec.Command(program, "--blobHost", host, "--blobPort", port, "--silent", "--skipApiVersionCheck", "--inMemoryPersistence", "--disableTelemetry")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "AZURITE_ACCOUNTS=" + Account + ":" + s.Key}
	cmd.Dir = dir
	stop, err := realstore.Run(cmd, address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(stop)
	key, err := container.NewSharedKeyCredential(Account, s.Key)
	if err == nil {
		s.client, err = container.NewClientWithSharedKeyCredential(s.URL+"/"+Container, key, nil)
	}
	if err == nil {
		_, err = s.client.Create(tb.Context(), nil)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// find returns the path of the program, empty if there is none.
func find() string {
	names := []string{"azurite-blob"}
	if dir := os.Getenv("PH2CIO_AZURITE"); dir != "" {
		names = append(names, filepath.Join(dir, "node_modules", ".bin", "azurite-blob"))
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Environment returns the variables with which a program finds the key of the account, and nothing else.
func (s *Server) Environment() map[string]string {
	return fakestore.AzureEnvironment("", s.Key, "")
}

// SAS returns a token for the container with these permissions, that is valid for so long from now. It has
// expired if that is negative.
func (s *Server) SAS(tb testing.TB, permissions sas.ContainerPermissions, valid time.Duration) string {
	tb.Helper()
	begun := time.Now().Add(-48 * time.Hour)
	signed, err := s.client.GetSASURL(permissions, time.Now().Add(valid), &container.GetSASURLOptions{StartTime: &begun})
	u, err2 := url.Parse(signed)
	if err := errors.Join(err, err2); err != nil {
		tb.Fatal(err)
	}
	return u.RawQuery
}

// ServeHTTP passes a request on to the server, for a proxy that makes some fail.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { realstore.PassOn(s.URL, w, r) }

// Put stores a blob in the container, with metadata that may be nil.
func (s *Server) Put(tb testing.TB, name string, data []byte, metadata map[string]*string) {
	tb.Helper()
	if err := s.put(tb.Context(), name, data, metadata); err != nil {
		tb.Fatal(err)
	}
}

// PutAll stores many blobs in the container, several at once.
func (s *Server) PutAll(tb testing.TB, blobs map[string][]byte) {
	tb.Helper()
	realstore.PutAll(tb, blobs, func(ctx context.Context, name string, data []byte) error { return s.put(ctx, name, data, nil) })
}

func (s *Server) put(ctx context.Context, name string, data []byte, metadata map[string]*string) error {
	_, err := s.client.NewBlockBlobClient(name).UploadBuffer(ctx, data, &blockblob.UploadBufferOptions{Metadata: metadata})
	return err
}

// Delete removes a blob from the container.
func (s *Server) Delete(tb testing.TB, name string) {
	tb.Helper()
	if _, err := s.client.NewBlobClient(name).Delete(tb.Context(), nil); err != nil {
		tb.Fatal(err)
	}
}
