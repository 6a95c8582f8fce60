// Package s3server runs a real S3 server for tests: versitygw, which keeps objects as files in a temporary
// directory. Where it is not installed, such tests are skipped.
package s3server

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"ph2cio/internal/testkit/fakestore"
)

// Install is the command that installs the server.
const Install = "go install github.com/versity/versitygw/cmd/versitygw@v1.8.0"

// Bucket is the bucket that every server has.
const Bucket = "exports"

// Server is a running server. It stops at the end of the test.
type Server struct {
	URL         string
	Key, Secret string // credentials that only this server knows
	Root        string // the directory of the server; a bucket is a directory in it

	client *s3.Client
}

// Start starts a server, or skips the test if there is none.
func Start(tb testing.TB) *Server {
	tb.Helper()
	program := find()
	if program == "" {
		tb.Skip("versitygw is not installed, so nothing is tested with a real S3 server: " + Install)
	}
	s := &Server{Root: tb.TempDir(), Key: "AKIDCANARYKEY", Secret: "canary-secret-of-a-test"}
	if err := os.Mkdir(filepath.Join(s.Root, Bucket), 0o755); err != nil {
		tb.Fatal(err)
	}
	address := freeAddress(tb)
	s.URL = "http://" + address
	var said bytes.Buffer
	cmd := exec.Command(program, "--port", address, "--access", s.Key, "--secret", s.Secret, "--quiet", "--keep-alive", "posix", "--sidecar", tb.TempDir(), s.Root)
	cmd.Env, cmd.Stdout, cmd.Stderr = []string{"PATH=" + os.Getenv("PATH")}, &said, &said
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill() // it has nothing to save
		_ = cmd.Wait()
	})
	waitFor(tb, address, &said)
	s.client = s3.New(s3.Options{
		BaseEndpoint: &s.URL, UsePathStyle: true, Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: s.Key, SecretAccessKey: s.Secret}, nil
		}),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
	})
	return s
}

// find returns the path of the program, empty if there is none.
func find() string {
	if path, err := exec.LookPath("versitygw"); err == nil {
		return path
	}
	for _, dir := range []string{os.Getenv("GOBIN"), filepath.Join(os.Getenv("GOPATH"), "bin"), filepath.Join(os.Getenv("HOME"), "go", "bin")} {
		if path, err := exec.LookPath(filepath.Join(dir, "versitygw")); err == nil && filepath.IsAbs(path) {
			return path
		}
	}
	return ""
}

func freeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// waitFor waits until the server takes connections.
func waitFor(tb testing.TB, address string, said fmt.Stringer) {
	tb.Helper()
	for began := time.Now(); time.Since(began) < 20*time.Second; time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close() // it was only a trial
			return
		}
	}
	tb.Fatal("versitygw does not answer:", said)
}

// Environment returns the variables with which a program finds the credentials of the server, and no others.
func (s *Server) Environment() map[string]string { return fakestore.S3Environment(s.Key, s.Secret, "") }

// ServeHTTP passes a request on to the server, for a proxy that makes some fail.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	to, _ := url.Parse(s.URL) // which Start has made
	passOn := httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // which is signed
	}}
	passOn.ServeHTTP(w, r)
}

// Put stores an object in the bucket.
func (s *Server) Put(tb testing.TB, key string, data []byte) {
	tb.Helper()
	if err := s.put(tb.Context(), key, data); err != nil {
		tb.Fatal(err)
	}
}

func (s *Server) put(ctx context.Context, key string, data []byte) error {
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(Bucket), Key: &key, Body: bytes.NewReader(data)})
	return err
}

// PutAll stores many objects in the bucket, several at once.
func (s *Server) PutAll(tb testing.TB, objects map[string][]byte) {
	tb.Helper()
	slots := make(chan struct{}, 16)
	var running sync.WaitGroup
	for key, data := range objects {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			if err := s.put(tb.Context(), key, data); err != nil {
				tb.Error(err)
			}
		})
	}
	running.Wait()
}

// PutDirectory stores all files below a directory, with keys that begin with prefix.
func (s *Server) PutDirectory(tb testing.TB, prefix, dir string) {
	tb.Helper()
	objects := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err == nil {
			objects[prefix+filepath.ToSlash(name)] = data
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	s.PutAll(tb, objects)
}

// Delete removes an object from the bucket.
func (s *Server) Delete(tb testing.TB, key string) {
	tb.Helper()
	if _, err := s.client.DeleteObject(tb.Context(), &s3.DeleteObjectInput{Bucket: aws.String(Bucket), Key: &key}); err != nil {
		tb.Fatal(err)
	}
}
