package objectstore

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"ph2cio/internal/source"
)

// service is a kind of stores: S3, or another protocol. It contacts nobody before a bucket is used.
type service interface {
	// split returns what names the bucket in a URL without its scheme, and the key after it.
	split(rest string) (name, key string)
	// bucket returns the bucket of this name, which need not exist.
	bucket(name string) bucket
	// place distinguishes buckets of the same name in different places.
	place() string
	// close gives connections back.
	close()
}

// bucket is one bucket of a service. Its methods make one request each, and may be called by several
// goroutines at once. Their errors are of type *Error, or of the connection, or of the context.
type bucket interface {
	// list returns a page of the objects whose keys begin with prefix, and what to ask for the next page
	// with: nothing for the first, and empty after the last.
	list(ctx context.Context, prefix, cursor string) (found []listed, next string, err error)
	// look returns the object with this key.
	look(ctx context.Context, key string) (listed, error)
	// get returns the bytes of an object with this tag. The error wraps source.ErrChanged if it has another.
	get(ctx context.Context, want request) (reply, error)
}

// listed is an object as a service describes it.
type listed struct {
	key     string
	size    int64
	version source.Version
}

// request asks for the bytes of an object from one offset to another.
type request struct {
	key      string
	tag      string // empty for any
	from, to int64
	whole    bool // these are all bytes of the object
}

// reply has some bytes of an object.
type reply struct {
	body   io.ReadCloser
	length int64  // of the body; -1 if unknown
	tag    string // of the object; empty if unknown
	part   bool   // the body has the requested bytes; otherwise all of the object
}

// newReply returns a reply with a body, by the headers of an answer. held is its Content-Range, which says
// which bytes the body has, if not all; tag is its ETag.
func newReply(want request, body io.ReadCloser, length int64, held, tag string) reply {
	return reply{body: body, length: length, tag: plainTag(tag), part: strings.HasPrefix(held, fmt.Sprintf("bytes %d-", want.from))}
}

// newVersion returns the version of an object. Times have whole seconds, since requests for one object return
// no more, while lists may.
func newVersion(tag *string, modified *time.Time) source.Version {
	v := source.Version{Modified: 1}
	if tag != nil {
		v.Tag = plainTag(*tag)
	}
	if modified != nil {
		v.Modified = modified.Unix() * int64(time.Second)
	}
	return v
}

// plainTag returns an ETag without its quotes, and without the mark of a proxy that changes the form of
// objects.
func plainTag(tag string) string {
	return strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
}
