package objectstore

import (
	"cmp"
	"crypto/md5"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ph2cio/internal/source"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeS3 is an S3 server in this process with one bucket, "bucket". It answers as S3 does, except for what fault
// says.
type fakeS3 struct {
	url string // empty before it was started

	lock     sync.Mutex
	objects  map[string]fakeObject // by key
	listSize int                   // 1000 if it is 0
	requests []string              // method and path with query of each
	open     int                   // requests that are being answered
	mostOpen int

	fault    func(r *http.Request, n int) *fault // for the request of this number; nil for none
	delay    time.Duration                       // before the first byte
	perByte  time.Duration                       // of a body, on one connection
	ranges   []string                            // that were asked for
	noRanges bool                                // it sends all of an object always
}

type fakeObject struct {
	data     []byte
	tag      string
	encoding string
	modified time.Time
}

// fault is how one request fails.
type fault struct {
	status  int
	code    string
	message string
	header  map[string]string
	cut     int           // break the connection after so many bytes of the body, if status is 0
	hang    time.Duration // before the answer
}

// put adds an object, or replaces it.
func (f *fakeS3) put(key string, data []byte) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.objects[key] = fakeObject{data: data, tag: fmt.Sprintf("%x", md5.Sum(data)), modified: time.Unix(1_780_000_000, 123_000_000)}
}

func (f *fakeS3) remove(key string) {
	f.lock.Lock()
	defer f.lock.Unlock()
	delete(f.objects, key)
}

// count returns how many of the requests so far begin with a method and contain a text.
func (f *fakeS3) count(method, contains string) (n int) {
	f.lock.Lock()
	defer f.lock.Unlock()
	for _, r := range f.requests {
		if strings.HasPrefix(r, method+" ") && strings.Contains(r, contains) {
			n++
		}
	}
	return n
}

func newFake() *fakeS3 { return &fakeS3{objects: map[string]fakeObject{}} }

// start starts the server, unless it has been, and returns stores that use it.
func (f *fakeS3) start(t testing.TB, o Options) *Stores {
	t.Helper()
	if f.url == "" {
		server := httptest.NewServer(f)
		t.Cleanup(server.Close)
		f.url = server.URL
	}
	o.Endpoint = f.url
	return openStores(t, o)
}

// openStores returns stores with credentials that only tests have.
func openStores(t testing.TB, o Options) *Stores {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIDCANARY", "AWS_SECRET_ACCESS_KEY": "SECRETCANARY", "AWS_SESSION_TOKEN": "TOKENCANARY",
		"AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none", "AWS_REGION": "", "AWS_PROFILE": "", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		if t, ok := t.(interface{ Setenv(name, value string) }); ok {
			t.Setenv(name, value)
		}
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.lock.Lock()
	f.requests = append(f.requests, r.Method+" "+r.URL.RequestURI())
	if wanted := r.Header.Get("Range"); wanted != "" {
		f.ranges = append(f.ranges, wanted)
	}
	n := len(f.requests)
	f.open++
	f.mostOpen = max(f.mostOpen, f.open)
	f.lock.Unlock()
	defer func() {
		f.lock.Lock()
		f.open--
		f.lock.Unlock()
	}()
	time.Sleep(f.delay)
	var bad *fault
	if f.fault != nil {
		bad = f.fault(r, n)
	}
	if bad != nil {
		select {
		case <-time.After(bad.hang):
		case <-r.Context().Done():
		}
		for name, value := range bad.header {
			w.Header().Set(name, value)
		}
		if bad.status != 0 {
			refuse(w, bad.status, bad.code, bad.message)
			return
		}
	}
	bucket, key, isKey := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case bucket != "bucket":
		refuse(w, http.StatusNotFound, "NoSuchBucket", "")
	case !isKey || key == "":
		f.list(w, r.URL.Query())
	default:
		f.object(w, r, key, bad)
	}
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("X-Amz-Request-Id", "REQ123")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>%s</Message><RequestId>REQ123</RequestId></Error>", code, message)
}

func (f *fakeS3) object(w http.ResponseWriter, r *http.Request, key string, bad *fault) {
	f.lock.Lock()
	one, found := f.objects[key]
	f.lock.Unlock()
	if !found {
		refuse(w, http.StatusNotFound, "NoSuchKey", "")
		return
	}
	if want := r.Header.Get("If-Match"); want != "" && want != `"`+one.tag+`"` {
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed", "")
		return
	}
	w.Header().Set("ETag", `"`+one.tag+`"`)
	w.Header().Set("Last-Modified", one.modified.UTC().Format(http.TimeFormat))
	if one.encoding != "" {
		w.Header().Set("Content-Encoding", one.encoding)
	}
	data, status := one.data, http.StatusOK
	if wanted, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok && !f.noRanges {
		first, last, _ := strings.Cut(wanted, "-")
		from, _ := strconv.Atoi(first)
		to, _ := strconv.Atoi(last)
		if from >= len(data) {
			refuse(w, http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "")
			return
		}
		to = min(to+1, len(data))
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, len(data)))
		data, status = data[from:to], http.StatusPartialContent
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	if bad != nil && bad.cut < len(data) {
		_, _ = w.Write(data[:bad.cut])
		panic(http.ErrAbortHandler)
	}
	f.send(w, data)
}

// send sends a body at the speed of the connection.
func (f *fakeS3) send(w io.Writer, data []byte) {
	const step = 256 << 10
	began := time.Now()
	for sent := 0; sent < len(data); sent += step {
		end := min(sent+step, len(data))
		if _, err := w.Write(data[sent:end]); err != nil {
			return
		}
		time.Sleep(time.Duration(end)*f.perByte - time.Since(began))
	}
}

func (f *fakeS3) list(w http.ResponseWriter, query url.Values) {
	f.lock.Lock()
	defer f.lock.Unlock()
	type content struct {
		Key          string
		LastModified string
		ETag         string
		Size         int
	}
	answer := struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		EncodingType          string
		NextContinuationToken string `xml:",omitempty"`
		Contents              []content
	}{EncodingType: "url"}
	most := cmp.Or(f.listSize, 1000)
	for _, key := range slices.Sorted(maps.Keys(f.objects)) {
		if !strings.HasPrefix(key, query.Get("prefix")) || key <= query.Get("continuation-token") && query.Has("continuation-token") {
			continue
		}
		if len(answer.Contents) == most {
			answer.IsTruncated = true
			answer.NextContinuationToken, _ = url.QueryUnescape(answer.Contents[most-1].Key)
			break
		}
		one := f.objects[key]
		answer.Contents = append(answer.Contents, content{
			strings.ReplaceAll(url.QueryEscape(key), "%2F", "/"), one.modified.UTC().Format("2006-01-02T15:04:05.000Z"), `"` + one.tag + `"`, len(one.data),
		})
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(answer) // the client reports what is missing
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
