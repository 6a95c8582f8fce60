package fakestore

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"net/url"
	"os"
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

// ServeHTTP answers a request.
func (s *S3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	_, found := s.Objects.Keys(bucket)
	switch {
	case s.Key != "" && !strings.Contains(r.Header.Get("Authorization"), "Credential="+s.Key+"/"):
		refuse(w, r, http.StatusForbidden, "InvalidAccessKeyId", "")
	case !found:
		refuse(w, r, http.StatusNotFound, "NoSuchBucket", "")
	case key == "":
		s.list(w, bucket, r.URL.Query())
	default:
		s.object(w, r, bucket, key)
	}
}

// object sends an object, or the part of it that is asked for.
func (s *S3) object(w http.ResponseWriter, r *http.Request, bucket, key string) {
	one, found := s.Objects.Object(bucket, key)
	switch want := r.Header.Get("If-Match"); {
	case !found:
		refuse(w, r, http.StatusNotFound, "NoSuchKey", "")
	case want != "" && want != one.Tag:
		refuse(w, r, http.StatusPreconditionFailed, "PreconditionFailed", "")
	default:
		send(w, r, &one, r.Header.Get("Range"))
	}
}

// list sends a page of the objects of a bucket.
func (s *S3) list(w http.ResponseWriter, bucket string, query url.Values) {
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
	after, _ := url.QueryUnescape(query.Get("continuation-token")) // the last key of the page before
	found, more := page(s.Objects, bucket, query.Get("prefix"), after, cmp.Or(s.Page, 1000))
	for _, one := range found {
		answer.Contents = append(answer.Contents, content{escaped(one.key), one.Modified.UTC().Format(time.RFC3339Nano), one.Tag, len(one.Data)})
	}
	if more {
		answer.IsTruncated, answer.NextContinuationToken = true, answer.Contents[len(answer.Contents)-1].Key
	}
	sendXML(w, answer)
}

// escaped is a key as lists have it: as in URLs, but for the slash.
func escaped(key string) string { return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/") }
