package objectstore

import (
	"bytes"
	"cmp"
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

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/fakestore"
	"ph2cio/internal/testkit/s3server"
)

// realStores returns stores for a real S3 server.
func realStores(t testing.TB, server *s3server.Server, o Options) *Stores {
	t.Helper()
	o.Endpoint = cmp.Or(o.Endpoint, server.URL)
	return openStores(t, o, server.Environment())
}

// TestARealServerIsRead lists more keys than fit in a page, with odd ones among them, and reads objects in
// every way: in order, at any offset, and after they were changed.
func TestARealServerIsRead(t *testing.T) {
	server := s3server.Start(t)
	var keys []string
	for i := range 1010 {
		keys = append(keys, fmt.Sprintf("p/2026-03-04T09:00:00+00:00-2026-03-04T10:00:00+00:00-%04d.jsonl", i))
	}
	keys = append(keys, "p/a b", "p/a+b", "p/a%20b", "p/ä/ö", "p/?x=y&z", "p/#", "p/.hidden", "p/*[x]", "p/emoji😀", "p/quote\"'<>", "p/new\nline", "p/tab\t")
	objects := map[string][]byte{}
	for _, key := range keys {
		objects[key] = []byte(key)
	}
	server.PutAll(t, objects)
	s := realStores(t, server, Options{Temporary: t.TempDir()})
	const bucket = "s3://" + s3server.Bucket + "/"
	found := listAll(t, s, bucket+"p/")
	names := map[string]source.Source{}
	for _, one := range found {
		names[strings.TrimPrefix(one.Name, bucket)] = one
	}
	for _, key := range keys {
		if names[key].Size != int64(len(key)) {
			t.Errorf("%q is %v", key, names[key])
		}
	}
	if len(found) != len(keys) || s.Counts().Lists < 2 {
		t.Errorf("found %d of %d, in %d requests", len(found), len(keys), s.Counts().Lists)
	}
	odd := slices.Concat(found[:3], found[1000:])
	done := source.Announce(t.Context(), odd)
	for _, one := range odd {
		if got := readOne(t, one); string(got) != strings.TrimPrefix(one.Name, bucket) {
			t.Errorf("%q: read %q", one.Name, got)
		}
		if now, err := one.Now(t.Context()); err != nil || now != one {
			t.Errorf("%q is %v now, %v; was %v", one.Name, now, err, one)
		}
	}
	done()

	large := noise(1, 3*partSize+1)
	server.Put(t, "large", large)
	one := listAll(t, s, bucket+"large")[0]
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
	server.Put(t, "large", noise(2, 100))
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
	l, _ := s.Remote("s3://nobucket/")
	if _, err := l.List(t.Context(), "s3://nobucket/"); err == nil || !strings.Contains(err.Error(), `"nobucket" does not exist`) {
		t.Error(err)
	}
	nothingHeld(t, s)
}

// TestARealServerRefusesOtherCredentials has a wrong secret, and then a wrong key.
func TestARealServerRefusesOtherCredentials(t *testing.T) {
	server := s3server.Start(t)
	for _, name := range []string{"AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"} {
		s := realStores(t, server, Options{})
		t.Setenv(name, "WRONGCANARY")
		l, _ := s.Remote("s3://" + s3server.Bucket)
		for what, try := range map[string]func() error{
			"list": func() error { _, err := l.List(t.Context(), "s3://"+s3server.Bucket+"/"); return err },
			"look": func() error { _, err := l.Look(t.Context(), "s3://"+s3server.Bucket+"/x"); return err },
		} {
			if what == "look" && name == "AWS_ACCESS_KEY_ID" {
				continue // this server says that the object does not exist
			}
			err := try()
			if err == nil || !strings.Contains(err.Error(), "refused the credentials") || strings.Contains(err.Error(), "CANARY") || !errors.Is(err, source.ErrUnavailable) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
}

// TestARealServerThatFailsNowAndThenIsRead: a proxy cuts bodies, and answers that the server is busy. All
// bytes are read, and a second pass with a cache makes no request.
func TestARealServerThatFailsNowAndThenIsRead(t *testing.T) {
	server := s3server.Start(t)
	objects := map[string][]byte{}
	for i := range 20 {
		objects[fmt.Sprintf("p/%02d", i)] = noise(uint64(i), i*400_000)
	}
	server.PutAll(t, objects)
	proxy := &fakestore.Proxy{Server: server}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	proxy.Fail(func(r *http.Request, n int) *fakestore.Fault {
		switch {
		case n%5 == 1:
			return &fakestore.Fault{Status: http.StatusServiceUnavailable, Code: "SlowDown"}
		case n%5 == 3 && !fakestore.IsList(r):
			return &fakestore.Fault{Cut: 100_000, Delay: time.Millisecond}
		}
		return nil
	})
	s := realStores(t, server, Options{Endpoint: front.URL, Cache: t.TempDir()})
	found := listAll(t, s, "s3://"+s3server.Bucket+"/p/")
	for pass := range 2 {
		done := source.Announce(t.Context(), found)
		for i, one := range found {
			if got := readOne(t, one); !bytes.Equal(got, noise(uint64(i), i*400_000)) {
				t.Errorf("%s: read %d other bytes", one.Name, len(got))
			}
		}
		done()
		counts := proxy.TakeCounts()
		if want := pass == 0; want != (counts.Gets > 0) || want != (counts.Bytes > 0) || counts.Heads > 0 {
			t.Errorf("pass %d: %+v", pass, counts)
		}
	}
	nothingHeld(t, s)
}
