// Package objectstore reads exports from buckets: those of S3 and of services that speak its protocol, and
// containers of Azure's Blob Storage.
//
// Stores has the stores that the names of sources belong to. A store lists objects, and opens them. An object
// that is read in order is fetched in parts, several at once and ahead of its reader. Announce also fetches
// the objects that will be opened next. All that waits for its reader shares one memory, so that it stays
// small whatever the objects are. Objects that are read at any offset, such as Parquet files, are fetched by
// windows.
//
// An object never grows: it has a tag, and every request asks for that tag, so that all bytes are those of
// the object that was listed. A transfer that breaks is resumed at the byte where it broke.
//
// The files form layers: errors, retry, memory, cache and shared know nothing of requests. bucket.go says
// what a service has to offer; s3.go and azure.go are such services, and only they and the files whose names
// begin alike know the libraries. object.go reads parts of one object, and heads.go their beginnings once;
// download.go, windows.go and local.go are three ways to hold them; file.go chooses among these. plan.go
// fetches ahead. store.go and stores.go put it together.
package objectstore

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"ph2cio/internal/source"
)

// Stores has one store for each service. Its methods may be called by several goroutines at once.
type Stores struct {
	shared *shared
	s3, az *store
}

// New returns stores that contact nobody before they are used. Close must be called. The error says what is
// wrong with the options.
func New(options Options) (*Stores, error) {
	options.CacheSize = cmp.Or(options.CacheSize, defaultCacheSize)
	options.Memory = cmp.Or(options.Memory, defaultMemory)
	if err := cmp.Or(checkEndpoint(options.Endpoint), azCheckEndpoint("--azure-endpoint", options.AzureEndpoint)); err != nil {
		return nil, err
	}
	s := &shared{options: options, memory: newMemory(options.Memory), slots: make(chan struct{}, atOnce)}
	if options.Cache != "" {
		var err error
		if s.cache, err = openCache(options.Cache, options.CacheSize); err != nil {
			return nil, err
		}
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return &Stores{shared: s, s3: newStore(s, "s3", newS3(&s.options, &s.counts)), az: newStore(s, "az", newAzure(&s.options, &s.counts))}, nil
}

// Remote returns the store that an argument or the name of a source belongs to, as a source.Remote does. It
// contacts nobody.
func (s *Stores) Remote(arg string) (source.Lister, error) {
	if !source.IsURL(arg) {
		return nil, nil
	}
	scheme, rest, _ := strings.Cut(arg, "://")
	switch strings.ToLower(scheme) {
	case "s3":
		if scheme != "s3" {
			return nil, &Error{text: fmt.Sprintf("the URL begins with %s://", scheme), hint: "write s3:// in small letters"}
		}
		if bucket, _, _ := strings.Cut(rest, "/"); bucket == "" {
			return nil, &Error{text: "the URL names no bucket", hint: "write s3://BUCKET/PREFIX"}
		}
		return s.s3, nil
	case "az":
		if err := azCheckURL(scheme, rest); err != nil {
			return nil, err
		}
		return s.az, nil
	case "abfs", "abfss", "wasb", "wasbs":
		return nil, &Error{text: fmt.Sprintf("ph2cio does not read %s:// URLs", scheme), hint: "write az://ACCOUNT/CONTAINER/PREFIX"}
	case "gs", "gcs":
		return nil, &Error{
			text: "buckets of Google Cloud Storage are read through their S3 endpoint",
			hint: "write s3://BUCKET/PREFIX, with `--s3-endpoint https://storage.googleapis.com` and an HMAC key",
		}
	case "http", "https":
		return nil, &Error{text: "web addresses are not read", hint: "write s3://BUCKET/PREFIX, with --s3-endpoint for a service that is not Amazon's, or az://ACCOUNT/CONTAINER/PREFIX"}
	}
	return nil, &Error{text: fmt.Sprintf("ph2cio does not read %s:// URLs", scheme), hint: "it reads s3://BUCKET/PREFIX and az://ACCOUNT/CONTAINER/PREFIX"}
}

// Close ends all that is being fetched, and removes temporary files. Files that are still open cannot be read
// any more.
func (s *Stores) Close() {
	s.shared.cancel()
	s.shared.running.Wait()
	s.s3.service.close()
	s.az.service.close()
}

// Counts are the requests that stores have made, those that failed among them, and the bytes of objects that
// they have fetched.
type Counts struct {
	Lists, Heads, Gets, Bytes int64
}

// Counts returns what the stores have done so far.
func (s *Stores) Counts() Counts {
	c := &s.shared.counts
	return Counts{Lists: c.lists.Load(), Heads: c.heads.Load(), Gets: c.gets.Load(), Bytes: c.bytes.Load()}
}

// Cached returns how many bytes of these sources are in the cache, and need not be fetched.
func (s *Stores) Cached(sources []source.Source) (bytes int64) {
	for _, one := range sources {
		if in, ok := one.In.(*store); ok && s.shared.cache.has(in.cacheName(&one), one.Size) {
			bytes += one.Size
		}
	}
	return bytes
}
