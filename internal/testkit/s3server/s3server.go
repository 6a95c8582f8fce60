// Package s3server runs a real S3 server for tests: versitygw, which keeps objects as files in a directory.
// Where it is not installed, such tests are skipped.
package s3server

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"ph2cio/internal/testkit/fakestore"
	"ph2cio/internal/testkit/realstore"
)

// Bucket is the bucket that every server of Start has.
const Bucket = "exports"

// region is where a server's buckets are, unless Options say otherwise.
const region = "us-east-1"

// Server is a running server.
type Server struct {
	URL         string
	Key, Secret string // credentials that only this server knows
	Root        string // the directory of the server; a bucket is a directory in it

	process *exec.Cmd
	client  *s3.Client
}

// named matches the tests that make test-s3 runs.
var named = regexp.MustCompile(`Real|Bucket`)

// Start starts a server, which stops at the end of the test, or skips the test if there is none.
func Start(tb testing.TB) *Server {
	tb.Helper()
	if _, bench := tb.(*testing.B); !bench && !named.MatchString(tb.Name()) {
		tb.Fatalf("make test-s3 would not run this test: its name must match %v", named)
	}
	if !Found() {
		tb.Skip("no real S3 server is installed: make test-s3 installs one and runs the tests that need it")
	}
	s, stop, err := Run(Options{Dir: tb.TempDir(), Key: "AKIDCANARYKEY", Secret: "canary-secret-of-a-test"})
	if err == nil {
		tb.Cleanup(stop)
		err = os.Mkdir(filepath.Join(s.Root, Bucket), 0o755)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Options say which server to run.
type Options struct {
	Dir         string // where it keeps objects; an empty directory
	Key, Secret string
	Region      string // empty for us-east-1
}

// Run starts a server without buckets. The caller must call stop.
func Run(o Options) (s *Server, stop func(), err error) {
	s = &Server{Key: o.Key, Secret: o.Secret, Root: filepath.Join(o.Dir, "buckets")}
	attributes := filepath.Join(o.Dir, "attributes") // not every file system has them
	address, err := realstore.FreeAddress()
	if err := errors.Join(err, os.Mkdir(s.Root, 0o755), os.Mkdir(attributes, 0o755)); err != nil {
		return nil, nil, err
	}
	s.URL, o.Region = "http://"+address, cmp.Or(o.Region, region)
	cmd := exec.Command(find(), "--port", address, "--region", o.Region, "--quiet", "--keep-alive", "posix", "--sidecar", attributes, s.Root)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "ROOT_ACCESS_KEY=" + s.Key, "ROOT_SECRET_KEY=" + s.Secret}
	if stop, err = realstore.Run(cmd, address); err != nil {
		return nil, nil, err
	}
	s.process = cmd
	s.client = s3.New(s3.Options{
		BaseEndpoint: &s.URL, UsePathStyle: true, Region: o.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: s.Key, SecretAccessKey: s.Secret}, nil
		}),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
	})
	return s, stop, nil
}

// PID returns the number of the server's process.
func (s *Server) PID() int { return s.process.Process.Pid }

// Found reports whether a server is installed: on the PATH, or by make test-s3.
func Found() bool { return find() != "" }

// find returns the path of the program, empty if there is none.
func find() string {
	for dir, _ := os.Getwd(); dir != ""; { // a test runs in the directory of its package
		if path, err := exec.LookPath(filepath.Join(dir, ".bin", "versitygw")); err == nil {
			return path
		}
		above := filepath.Dir(dir)
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil || above == dir {
			break
		}
		dir = above
	}
	path, _ := exec.LookPath("versitygw")
	return path
}

// Environment returns the variables with which a program finds the credentials of the server, and no others.
func (s *Server) Environment() map[string]string { return fakestore.S3Environment(s.Key, s.Secret, "") }

// ServeHTTP passes a request on to the server, for a proxy that makes some fail.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { realstore.PassOn(s.URL, w, r) }

// Put stores an object in the bucket.
func (s *Server) Put(tb testing.TB, key string, data []byte) {
	tb.Helper()
	if err := s.put(tb.Context(), Bucket, key, bytes.NewReader(data)); err != nil {
		tb.Fatal(err)
	}
}

func (s *Server) put(ctx context.Context, bucket, key string, data io.ReadSeeker) error {
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: data})
	return err
}

func (s *Server) remove(ctx context.Context, bucket, key string) error {
	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key})
	return err
}

// PutFile stores a file in the bucket, without holding it in memory.
func (s *Server) PutFile(ctx context.Context, key, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return s.put(ctx, Bucket, key, file)
}

// PutAll stores many objects in the bucket, several at once.
func (s *Server) PutAll(tb testing.TB, objects map[string][]byte) {
	tb.Helper()
	realstore.PutAll(tb, objects, func(ctx context.Context, key string, data []byte) error {
		return s.put(ctx, Bucket, key, bytes.NewReader(data))
	})
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
	if err := s.remove(tb.Context(), Bucket, key); err != nil {
		tb.Fatal(err)
	}
}
