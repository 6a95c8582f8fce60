package fakestore

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// S3 is an http.Handler that answers as S3 does, and checks who asks, but no signatures. The fields must not
// change while it serves.
type S3 struct {
	Objects Objects
	Key     string // the access key ID of all requests that are accepted; empty for any
	Page    int    // how many objects a list has at most; 0 for 1000
}

// S3Environment returns the variables with which a program finds these credentials, and none of this machine.
func S3Environment(key, secret, token string) map[string]string {
	return map[string]string{
		"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_REGION": "", "AWS_PROFILE": "",
	}
}

// IsList reports whether a request lists a bucket.
func IsList(r *http.Request) bool { return r.URL.Query().Has("list-type") }

// ServeHTTP answers a request.
func (s *S3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	keys, found := s.Objects.Keys(bucket)
	switch {
	case s.Key != "" && !strings.Contains(r.Header.Get("Authorization"), "Credential="+s.Key+"/"):
		refuse(w, http.StatusForbidden, "InvalidAccessKeyId", "")
	case !found:
		refuse(w, http.StatusNotFound, "NoSuchBucket", "")
	case key == "":
		s.list(w, bucket, keys, r.URL.Query())
	default:
		s.object(w, r, bucket, key)
	}
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("X-Amz-Request-Id", "REQ123")
	w.WriteHeader(status)
	message = cmp.Or(message, "a message of the server")
	fmt.Fprintf(w, "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>%s</Message><RequestId>REQ123</RequestId></Error>", code, message)
}

// object sends an object, or the part of it that is asked for.
func (s *S3) object(w http.ResponseWriter, r *http.Request, bucket, key string) {
	one, found := s.Objects.Object(bucket, key)
	if !found {
		refuse(w, http.StatusNotFound, "NoSuchKey", "")
		return
	}
	if want := r.Header.Get("If-Match"); want != "" && want != one.Tag {
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed", "")
		return
	}
	w.Header().Set("ETag", one.Tag)
	w.Header().Set("Last-Modified", one.Modified.UTC().Format(http.TimeFormat))
	data, status := one.Data, http.StatusOK
	if wanted, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok {
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
	if r.Method != http.MethodHead {
		_, _ = w.Write(data) // the client reports what is missing
	}
}

// list sends a page of the objects of a bucket.
func (s *S3) list(w http.ResponseWriter, bucket string, keys []string, query url.Values) {
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
	page := cmp.Or(s.Page, 1000)
	after, _ := url.QueryUnescape(query.Get("continuation-token")) // the last key of the page before
	if !slices.IsSorted(keys) {
		keys = slices.Sorted(slices.Values(keys))
	}
	for _, key := range keys {
		if !strings.HasPrefix(key, query.Get("prefix")) || key <= after {
			continue
		}
		one, found := s.Objects.Object(bucket, key)
		if !found {
			continue // it was removed meanwhile
		}
		if len(answer.Contents) == page {
			answer.IsTruncated, answer.NextContinuationToken = true, answer.Contents[page-1].Key
			break
		}
		answer.Contents = append(answer.Contents, content{escaped(key), one.Modified.UTC().Format(time.RFC3339Nano), one.Tag, len(one.Data)})
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(answer) // the client reports what is missing
}

// escaped is a key as lists have it: as in URLs, but for the slash.
func escaped(key string) string { return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/") }
