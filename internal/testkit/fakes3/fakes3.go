// Package fakes3 is an S3 server for stories. Its objects are the files below a directory, so that a story changes
// them as it changes files. It answers as S3 does, and fails as it is told. It checks who asks, but no signatures.
package fakes3

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Server is an http.Handler. The fields must not change while it serves.
type Server struct {
	Dir  string // has a directory for each bucket, whose files are the objects
	Key  string // the access key ID of all requests that are accepted
	Page int    // how many objects a list has at most

	lock   sync.Mutex
	faults []Fault
	counts Counts
}

// Counts are the requests that a server got, and the bytes of objects that it sent.
type Counts struct{ List, Head, Get, Bytes int64 }

// Fault is how requests fail. Without a status, the connection breaks in the answer.
type Fault struct {
	Method   string // LIST, HEAD or GET; empty for any
	Contains string // part of the path of the request; empty for any
	Pass     int    // how many such requests do not fail, before those that do
	Times    int    // how many fail; 0 for all
	Status   int    // of the answer
	Code     string // of the answer
	Header   map[string]string
	Cut      int // how many bytes of an object are sent before the connection breaks
}

// SetFaults replaces all faults.
func (s *Server) SetFaults(faults []Fault) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.faults = faults
}

// TakeCounts returns what was counted since the last call.
func (s *Server) TakeCounts() Counts {
	s.lock.Lock()
	defer s.lock.Unlock()
	counts := s.counts
	s.counts = Counts{}
	return counts
}

// note counts a request, and returns how it fails; nil for not at all.
func (s *Server) note(method, path string) *Fault {
	s.lock.Lock()
	defer s.lock.Unlock()
	switch method {
	case "LIST":
		s.counts.List++
	case "HEAD":
		s.counts.Head++
	case "GET":
		s.counts.Get++
	}
	for i := range s.faults {
		f := &s.faults[i]
		if f.Method != "" && f.Method != method || !strings.Contains(path, f.Contains) {
			continue
		}
		if f.Pass > 0 {
			f.Pass--
			continue
		}
		switch {
		case f.Times < 0: // it has failed as often as it should
			continue
		case f.Times == 1:
			f.Times = -1
		case f.Times > 1:
			f.Times--
		}
		failing := *f
		return &failing
	}
	return nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	method := r.Method
	if key == "" {
		method = "LIST"
	}
	fault := s.note(method, r.URL.Path)
	if fault != nil && fault.Status != 0 {
		for name, value := range fault.Header {
			w.Header().Set(name, value)
		}
		refuse(w, fault.Status, fault.Code)
		return
	}
	info, err := os.Stat(filepath.Join(s.Dir, bucket))
	switch {
	case !strings.Contains(r.Header.Get("Authorization"), "Credential="+s.Key+"/"):
		refuse(w, http.StatusForbidden, "InvalidAccessKeyId")
	case err != nil || !info.IsDir() || bucket == "":
		refuse(w, http.StatusNotFound, "NoSuchBucket")
	case key == "":
		s.list(w, bucket, r.URL.Query())
	default:
		s.object(w, r, filepath.Join(s.Dir, bucket, filepath.FromSlash(key)), fault)
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("X-Amz-Request-Id", "REQ123")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>a message of the server</Message></Error>", code)
}

func tagOf(data []byte) string {
	sum := md5.Sum(data)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// object sends an object, or the part of it that is asked for.
func (s *Server) object(w http.ResponseWriter, r *http.Request, path string, fault *Fault) {
	data, err := os.ReadFile(path)
	info, statErr := os.Stat(path)
	if err != nil || statErr != nil {
		refuse(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	if want := r.Header.Get("If-Match"); want != "" && want != tagOf(data) {
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	w.Header().Set("ETag", tagOf(data))
	w.Header().Set("Last-Modified", info.ModTime().UTC().Format(http.TimeFormat))
	status := http.StatusOK
	if wanted, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok {
		first, last, _ := strings.Cut(wanted, "-")
		from, _ := strconv.Atoi(first)
		to, _ := strconv.Atoi(last)
		if from >= len(data) {
			refuse(w, http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
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
	cut := fault != nil && fault.Cut < len(data)
	if cut {
		data = data[:fault.Cut]
	}
	s.lock.Lock()
	s.counts.Bytes += int64(len(data))
	s.lock.Unlock()
	if _, err := w.Write(data); err != nil || cut {
		panic(http.ErrAbortHandler)
	}
}

// content is an object in a list.
type content struct {
	Key          string
	LastModified string
	ETag         string
	Size         int
}

// list sends a page of the objects of a bucket.
func (s *Server) list(w http.ResponseWriter, bucket string, query url.Values) {
	answer := struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		EncodingType          string
		NextContinuationToken string `xml:",omitempty"`
		Contents              []content
	}{EncodingType: "url"}
	for _, key := range keysBelow(filepath.Join(s.Dir, bucket)) {
		if !strings.HasPrefix(key, query.Get("prefix")) || query.Has("continuation-token") && escaped(key) <= query.Get("continuation-token") {
			continue
		}
		path := filepath.Join(s.Dir, bucket, filepath.FromSlash(key))
		data, err := os.ReadFile(path)
		info, statErr := os.Stat(path)
		if err != nil || statErr != nil {
			continue // the story has removed it meanwhile
		}
		if len(answer.Contents) == s.Page {
			answer.IsTruncated, answer.NextContinuationToken = true, answer.Contents[s.Page-1].Key
			break
		}
		answer.Contents = append(answer.Contents, content{escaped(key), info.ModTime().UTC().Format(time.RFC3339Nano), tagOf(data), len(data)})
	}
	slices.SortFunc(answer.Contents, func(a, b content) int { return strings.Compare(a.Key, b.Key) })
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(answer) // the client reports what is missing
}

// keysBelow returns the keys of the files below a directory, by their escaped forms, which are the tokens of pages.
func keysBelow(dir string) (keys []string) {
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error { // what cannot be read is not there
		if err == nil && !entry.IsDir() {
			key, _ := filepath.Rel(dir, path)
			keys = append(keys, filepath.ToSlash(key))
		}
		return nil
	})
	slices.SortFunc(keys, func(a, b string) int { return strings.Compare(escaped(a), escaped(b)) })
	return keys
}

// escaped is a key as lists have it: as in URLs, but for the slash.
func escaped(key string) string { return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/") }
