package fakestore

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// IsList reports whether a request lists a bucket or a container.
func IsList(r *http.Request) bool {
	query := r.URL.Query()
	return query.Has("list-type") || query.Get("comp") == "list"
}

// isAzure reports whether a request is one to Azure.
func isAzure(r *http.Request) bool { return r.Header.Get("X-Ms-Version") != "" }

// refuse answers with an error, as the store does that the request is for.
func refuse(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	detail := ""
	if isAzure(r) {
		w.Header().Set("X-Ms-Version", r.Header.Get("X-Ms-Version"))
		w.Header().Set("X-Ms-Request-Id", "REQ123")
		w.Header().Set("X-Ms-Error-Code", code)
		detail = "<AuthenticationErrorDetail>" + message + "</AuthenticationErrorDetail>"
	} else {
		w.Header().Set("X-Amz-Request-Id", "REQ123")
	}
	w.WriteHeader(status)
	message = cmp.Or(message, "a message of the server")
	fmt.Fprintf(w, "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>%s</Message><RequestId>REQ123</RequestId>%s</Error>", code, message, detail)
}

// send sends an object, or the part of it that the text of a Range header asks for.
func send(w http.ResponseWriter, r *http.Request, one *Object, ranged string) {
	w.Header().Set("ETag", one.Tag)
	w.Header().Set("Last-Modified", one.Modified.UTC().Format(http.TimeFormat))
	data, status := one.Data, http.StatusOK
	if wanted, ok := strings.CutPrefix(ranged, "bytes="); ok {
		first, last, _ := strings.Cut(wanted, "-")
		from, _ := strconv.Atoi(first)
		to, _ := strconv.Atoi(last)
		if from >= len(data) {
			refuse(w, r, http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "")
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

// keyed is an object with its key.
type keyed struct {
	key string
	Object
}

// page returns the first objects of a bucket, at most so many, whose keys begin with prefix and come after
// another one, and whether there are more.
func page(objects Objects, bucket, prefix, after string, most int) (found []keyed, more bool) {
	keys, _ := objects.Keys(bucket)
	if !slices.IsSorted(keys) {
		keys = slices.Sorted(slices.Values(keys))
	}
	for _, key := range keys {
		if !strings.HasPrefix(key, prefix) || key <= after {
			continue
		}
		one, is := objects.Object(bucket, key)
		if !is {
			continue // it was removed meanwhile
		}
		if len(found) == most {
			return found, true
		}
		found = append(found, keyed{key, one})
	}
	return found, false
}

func sendXML(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(answer) // the client reports what is missing
}
