package objectstore

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ph2cio/internal/exit"
	"ph2cio/internal/testkit/fakestore"
)

// TestQuickRequestsFailAsThoseOfTheLibrary has the same answers for both: the errors are the same.
func TestQuickRequestsFailAsThoseOfTheLibrary(t *testing.T) {
	for _, bad := range []fakestore.Fault{
		{Status: 403, Code: "AccessDenied"}, {Status: 403, Code: "AccessDenied", Message: "not authorized to perform: kms:Decrypt"},
		{Status: 403, Code: "InvalidAccessKeyId"}, {Status: 400, Code: "ExpiredToken"}, {Status: 403, Code: "RequestTimeTooSkewed"},
		{Status: 301, Code: "PermanentRedirect"}, {Status: 403, Code: "InvalidObjectState"}, {Status: 404, Code: "NoSuchKey"},
		{Status: 404, Code: "NoSuchBucket"}, {Status: 412, Code: "PreconditionFailed"}, {Status: 418, Code: "Odd"}, {Status: 416, Code: "InvalidRange"},
	} {
		var said [2]string
		for i := range said {
			f := &fake{}
			f.Put("a", []byte("text"))
			f.Put("x", []byte("text"))
			f.Fail(func(r *http.Request, _ int) *fakestore.Fault {
				if r.URL.Path == "/bucket/x" {
					return &bad
				}
				return nil
			})
			s := f.start(t, Options{})
			_, in, _ := s.s3.find("s3://bucket/")
			in.(*s3Bucket).slow.Store(i == 0)
			found := listAll(t, s, "s3://bucket/")
			readOne(t, found[0])
			if quick := in.(*s3Bucket).quick.Load() != nil; quick != (i == 1) {
				t.Error("quick:", quick)
			}
			_, err := tryRead(t, found[1])
			if err == nil {
				t.Fatal("no error")
			}
			said[i] = strings.Join([]string{err.Error(), exit.Hint(err), exit.Describe(exit.Code(err))}, "; ")
		}
		if said[0] != said[1] {
			t.Errorf("%d %s: %s\n%s", bad.Status, bad.Code, said[0], said[1])
		}
	}
}

// TestAWrongClockIsCorrected: the server's time is an hour later, which the library learns from an answer.
func TestAWrongClockIsCorrected(t *testing.T) {
	const ahead = time.Hour
	f := &fake{}
	f.Put("a", []byte("text"))
	f.Put("b", []byte("text"))
	f.Put("c", []byte("text"))
	var refused atomic.Int32
	f.Fail(func(r *http.Request, _ int) *fakestore.Fault {
		now := time.Now().Add(ahead)
		at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		date := map[string]string{"Date": now.UTC().Format(http.TimeFormat)}
		if err != nil || at.Sub(now).Abs() > time.Minute {
			refused.Add(1)
			return &fakestore.Fault{Status: 403, Code: "RequestTimeTooSkewed", Header: date}
		}
		return &fakestore.Fault{Header: date}
	})
	s := f.start(t, Options{})
	for _, one := range listAll(t, s, "s3://bucket/") {
		if got := readOne(t, one); string(got) != "text" {
			t.Errorf("%q", got)
		}
	}
	if n := refused.Load(); n != 1 { // the first list
		t.Errorf("%d requests were refused", n)
	}
}

// TestQuickRequestsAreLikeThoseOfTheLibrary compares the headers that matter, and the URL.
func TestQuickRequestsAreLikeThoseOfTheLibrary(t *testing.T) {
	f := &fake{}
	f.Put("a b/c+d:e/ä%20/?x#y", noise(1, firstSize+10))
	var seen []http.Header
	var urls []string
	f.Fail(func(r *http.Request, _ int) *fakestore.Fault {
		if strings.HasPrefix(r.URL.Path, "/bucket/a") {
			seen, urls = append(seen, r.Header.Clone()), append(urls, r.URL.EscapedPath())
		}
		return nil
	})
	s := f.start(t, Options{RequesterPays: true})
	one := listAll(t, s, "s3://bucket/")[0]
	o := s.s3.object(one)
	for range 2 {
		if err := o.read(t.Context(), 5, 10, &bytesSink{left: make([]byte, 5)}); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 2 || urls[0] != urls[1] {
		t.Fatal(urls)
	}
	for _, name := range []string{"Range", "If-Match", "X-Amz-Request-Payer", "X-Amz-Content-Sha256", "X-Amz-Security-Token", "Accept-Encoding"} {
		if a, b := seen[0].Get(name), seen[1].Get(name); a != b || a == "" {
			t.Errorf("%s is %q, and %q when quick", name, a, b)
		}
	}
	if a, b := seen[0].Get("Amz-Sdk-Invocation-Id"), seen[1].Get("Amz-Sdk-Invocation-Id"); a == "" || b != "" {
		t.Errorf("invocations %q and %q: the second request should be quick", a, b)
	}
}
