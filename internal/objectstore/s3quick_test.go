package objectstore

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ph2cio/internal/exit"
)

// TestQuickRequestsFailAsThoseOfTheLibrary has the same answers for both: the errors are the same.
func TestQuickRequestsFailAsThoseOfTheLibrary(t *testing.T) {
	for _, bad := range []fault{
		{status: 403, code: "AccessDenied"}, {status: 403, code: "AccessDenied", message: "not authorized to perform: kms:Decrypt"},
		{status: 403, code: "InvalidAccessKeyId"}, {status: 400, code: "ExpiredToken"}, {status: 403, code: "RequestTimeTooSkewed"},
		{status: 301, code: "PermanentRedirect"}, {status: 403, code: "InvalidObjectState"}, {status: 404, code: "NoSuchKey"},
		{status: 404, code: "NoSuchBucket"}, {status: 412, code: "PreconditionFailed"}, {status: 418, code: "Odd"}, {status: 416, code: "InvalidRange"},
	} {
		var said [2]string
		for i := range said {
			f := newFake()
			f.put("a", []byte("text"))
			f.put("x", []byte("text"))
			f.fault = func(r *http.Request, _ int) *fault {
				if r.URL.Path == "/bucket/x" {
					return &bad
				}
				return nil
			}
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
			t.Errorf("%d %s: %s\n%s", bad.status, bad.code, said[0], said[1])
		}
	}
}

// TestAWrongClockIsCorrected: the server's time is an hour later, which the library learns from an answer.
func TestAWrongClockIsCorrected(t *testing.T) {
	const ahead = time.Hour
	f := newFake()
	f.put("a", []byte("text"))
	f.put("b", []byte("text"))
	f.put("c", []byte("text"))
	var refused atomic.Int32
	f.fault = func(r *http.Request, _ int) *fault {
		now := time.Now().Add(ahead)
		at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		date := map[string]string{"Date": now.UTC().Format(http.TimeFormat)}
		if err != nil || at.Sub(now).Abs() > time.Minute {
			refused.Add(1)
			return &fault{status: 403, code: "RequestTimeTooSkewed", header: date}
		}
		return &fault{header: date, cut: len("text")} // which is no cut
	}
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
	f := newFake()
	f.put("a b/c+d:e/ä%20/?x#y", noise(1, firstSize+10))
	var seen []http.Header
	var urls []string
	f.fault = func(r *http.Request, _ int) *fault {
		if strings.HasPrefix(r.URL.Path, "/bucket/a") {
			seen, urls = append(seen, r.Header.Clone()), append(urls, r.URL.EscapedPath())
		}
		return nil
	}
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
