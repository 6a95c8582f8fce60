package main

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"ph2cio/internal/testkit/fakestore"
	"ph2cio/internal/testkit/s3server"
)

// bucketServer is a server with the bucket s3server.Bucket.
type bucketServer struct {
	url  string
	env  []string // with which a program finds its credentials
	pid  int
	stop func()
}

// from is the same command with its sources on a server.
func (c command) from(s *bucketServer) command {
	c.args = append(slices.Clip(c.args), "--s3-endpoint", s.url)
	c.env = append(slices.Clip(c.env), s.env...)
	return c
}

// nearServers are two servers on this machine with the same objects.
type nearServers struct {
	what   string
	all    *bucketServer // has all cores
	pinned *bucketServer // has only the first one; nil if that cannot be
}

func (n *nearServers) stop() {
	n.all.stop()
	if n.pinned != nil {
		n.pinned.stop()
	}
}

// startNear starts servers whose objects are the files of a directory, which has a directory for the bucket: a
// real server if one is installed.
func (b *bench) startNear(files string) (*nearServers, error) {
	n := &nearServers{what: "versitygw"}
	start := func() (*bucketServer, error) { return b.startReal(files) }
	if !s3server.Found() {
		n.what = "a program of tests, since versitygw is not installed"
		start = func() (*bucketServer, error) { return b.startBucket(files, 0, 0) }
	}
	var err error
	if n.all, err = start(); err != nil {
		return nil, err
	}
	if _, err := exec.LookPath("taskset"); err != nil || runtime.NumCPU() < 2 {
		return n, nil
	}
	if n.pinned, err = start(); err == nil {
		_, err = b.command(command{name: "taskset", args: []string{"-a", "-c", "-p", "0", fmt.Sprint(n.pinned.pid)}})
	}
	if err != nil {
		n.stop()
		return nil, err
	}
	return n, nil
}

// startReal starts a real server, and puts files into it.
func (b *bench) startReal(files string) (*bucketServer, error) {
	dir, err := os.MkdirTemp(b.tmp, "store-")
	if err != nil {
		return nil, err
	}
	s, end, err := s3server.Run(s3server.Options{Dir: dir, Key: "bench", Secret: "bench"})
	if err != nil {
		return nil, err
	}
	stop := func() {
		end()
		os.RemoveAll(dir)
	}
	if err := os.Mkdir(filepath.Join(s.Root, s3server.Bucket), 0o700); err != nil {
		stop()
		return nil, err
	}
	err = filepath.WalkDir(filepath.Join(files, s3server.Bucket), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		key, err := filepath.Rel(filepath.Join(files, s3server.Bucket), path)
		if err != nil {
			return err
		}
		return s.PutFile(b.ctx, filepath.ToSlash(key), path)
	})
	if err != nil {
		stop()
		return nil, err
	}
	return &bucketServer{url: s.URL, env: variables(s.Environment()), pid: s.PID(), stop: stop}, nil
}

// startBucket starts a program that serves the files of a directory, which has a directory for the bucket.
// Each answer begins after a delay, and then takes perByte.
func (b *bench) startBucket(files string, delay, perByte time.Duration) (*bucketServer, error) {
	s, err := b.start("bucket", files, delay.String(), perByte.String())
	if err != nil {
		return nil, err
	}
	return &bucketServer{url: s.url, env: variables(fakestore.S3Environment("bench", "bench", "")), pid: s.cmd.Process.Pid, stop: s.stop}, nil
}

func variables(of map[string]string) (env []string) {
	for name, value := range of {
		env = append(env, name+"="+value)
	}
	return env
}

// serveBucket is that program's own main.
func serveBucket(files, delay, perByte string) error {
	wait, err := time.ParseDuration(delay)
	if err != nil {
		return err
	}
	each, err := time.ParseDuration(perByte)
	if err != nil {
		return err
	}
	p := &fakestore.Proxy{Server: &fakestore.S3{Objects: newMappedFiles(filepath.Join(files, s3server.Bucket))}}
	p.Fail(func(*http.Request, int) *fakestore.Fault { return &fakestore.Fault{Delay: wait, PerByte: each} })
	return serveUntilLeft(func(string) http.Handler { return p })
}

// mappedFiles are the files below a directory, which must not change, as the objects of a bucket. Their bytes
// are those that the system has in its memory.
type mappedFiles struct {
	dir  string
	keys []string // sorted

	lock    sync.Mutex
	objects map[string]fakestore.Object // that were asked for, by key
}

func newMappedFiles(dir string) *mappedFiles {
	m := &mappedFiles{dir: dir, objects: map[string]fakestore.Object{}}
	m.keys, _ = fakestore.Directory(filepath.Dir(dir)).Keys(filepath.Base(dir)) // without any, every program fails
	slices.Sort(m.keys)
	return m
}

// Keys returns the keys of the bucket.
func (m *mappedFiles) Keys(bucket string) (keys []string, found bool) {
	return m.keys, bucket == filepath.Base(m.dir)
}

// Object returns an object of the bucket. It is mapped when it is asked for first.
func (m *mappedFiles) Object(bucket, key string) (o fakestore.Object, found bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if o, found = m.objects[key]; found {
		return o, true
	}
	if _, known := slices.BinarySearch(m.keys, key); !known || bucket != filepath.Base(m.dir) {
		return o, false
	}
	data, err := mapFile(filepath.Join(m.dir, filepath.FromSlash(key)))
	if err != nil {
		return o, false
	}
	o = fakestore.Object{Data: data, Tag: fmt.Sprintf(`"%d"`, len(m.objects)), Modified: time.Unix(1_780_000_000, 0)}
	m.objects[key] = o
	return o, true
}
