package objectstore

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"ph2cio/internal/loopback"
)

// s3Service is Amazon's S3, or a service that speaks its protocol.
type s3Service struct {
	account s3Account
	counts  *counters
}

func newS3(o *Options, counts *counters) *s3Service {
	return &s3Service{account: s3Account{options: o}, counts: counts}
}

func (s *s3Service) split(rest string) (name, key string) {
	name, key, _ = strings.Cut(rest, "/")
	return name, key
}

func (s *s3Service) place() string { return "s3 " + s.account.options.Endpoint }
func (s *s3Service) close()        { s.account.close() }

func (s *s3Service) bucket(name string) bucket {
	return &s3Bucket{account: &s.account, counts: s.counts, name: name}
}

// checkEndpoint says what is wrong with an endpoint. An empty one is right.
func checkEndpoint(endpoint string) error {
	if endpoint == "" {
		return nil
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return &Error{text: "--s3-endpoint is no URL of a server", hint: "write https://HOST or http://HOST:PORT"}
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return &Error{text: "--s3-endpoint has more than a server", hint: "write only https://HOST; keys belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"}
	}
	return nil
}

// Unencrypted reports whether the endpoint for S3 is another machine, to which requests travel unencrypted.
func (o *Options) Unencrypted() bool {
	u, err := url.Parse(o.Endpoint)
	return err == nil && u.Scheme == "http" && !loopback.Is(u.Hostname())
}

// s3Bucket is one bucket there.
type s3Bucket struct {
	account *s3Account
	counts  *counters
	name    string
	region  atomic.Pointer[string] // where it is, if that is not the account's region
	read    atomic.Bool            // an object in it could be read

	quick atomic.Pointer[s3Quick] // gets objects; nil before the first was read
	slow  atomic.Bool             // only the library may, since it knows by how much the clock is wrong
}

func (b *s3Bucket) list(ctx context.Context, prefix, cursor string) (found []listed, next string, err error) {
	in := &s3.ListObjectsV2Input{
		Bucket: &b.name, Prefix: &prefix, RequestPayer: b.account.payer(),
		EncodingType: types.EncodingTypeUrl, // a key may have characters that XML cannot have
	}
	if cursor != "" {
		in.ContinuationToken = &cursor
	}
	out, err := s3Do(ctx, b, "list", func(client *s3.Client, o func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
		b.counts.lists.Add(1)
		return client.ListObjectsV2(ctx, in, o)
	})
	if err != nil {
		return nil, "", err
	}
	found = make([]listed, 0, len(out.Contents))
	for i := range out.Contents {
		one := &out.Contents[i]
		key := aws.ToString(one.Key)
		if out.EncodingType == types.EncodingTypeUrl {
			if key, err = url.QueryUnescape(key); err != nil {
				return nil, "", &Error{text: fmt.Sprintf("the list of the bucket has a key that is encoded wrongly: %q", aws.ToString(one.Key))}
			}
		}
		found = append(found, listed{key: key, size: aws.ToInt64(one.Size), version: newVersion(one.ETag, one.LastModified)})
	}
	if aws.ToBool(out.IsTruncated) {
		if next = aws.ToString(out.NextContinuationToken); next == "" {
			return nil, "", &Error{text: "the list of the bucket breaks off"}
		}
	}
	return found, next, nil
}

func (b *s3Bucket) look(ctx context.Context, key string) (listed, error) {
	in := &s3.HeadObjectInput{Bucket: &b.name, Key: &key, RequestPayer: b.account.payer()}
	head := func() (*s3.HeadObjectOutput, error) {
		return s3Do(ctx, b, "look", func(client *s3.Client, o func(*s3.Options)) (*s3.HeadObjectOutput, error) {
			b.counts.heads.Add(1)
			return client.HeadObject(ctx, in, o)
		})
	}
	out, err := head()
	if e, ok := errors.AsType[*Error](err); ok && e.unexplained {
		// The answer to a HEAD has no code that says why. A list has, and what it says may be remedied by it.
		if _, _, err := b.list(ctx, key, ""); err != nil {
			if listing, ok := errors.AsType[*Error](err); !ok || !listing.denied {
				return listed{}, err
			}
		}
		out, err = head()
	}
	if err != nil {
		return listed{}, err
	}
	return listed{key: key, size: aws.ToInt64(out.ContentLength), version: newVersion(out.ETag, out.LastModified)}, nil
}

func (b *s3Bucket) get(ctx context.Context, want request) (reply, error) {
	got, err := s3Do(ctx, b, "get", func(client *s3.Client, o func(*s3.Options)) (reply, error) {
		b.counts.gets.Add(1)
		if q := b.quick.Load(); q != nil && q.client == client {
			answer, err := q.get(ctx, want)
			if err != nil {
				return reply{}, err
			}
			return newReply(want, answer.Body, answer.ContentLength, answer.Header.Get("Content-Range"), answer.Header.Get("ETag")), nil
		}
		out, err := b.getByLibrary(ctx, client, o, want)
		if err != nil {
			return reply{}, err
		}
		length := int64(-1)
		if out.ContentLength != nil {
			length = *out.ContentLength
		}
		return newReply(want, out.Body, length, aws.ToString(out.ContentRange), aws.ToString(out.ETag)), nil
	})
	if err != nil {
		return reply{}, err
	}
	if got.tag != "" && want.tag != "" && got.tag != want.tag {
		_ = got.body.Close() // another error is returned
		return reply{}, changed("the object was replaced after it was found")
	}
	b.read.Store(true)
	return got, nil
}

// getByLibrary makes a request, and if it succeeds the next ones are quick.
func (b *s3Bucket) getByLibrary(ctx context.Context, client *s3.Client, o func(*s3.Options), want request) (*s3.GetObjectOutput, error) {
	in := &s3.GetObjectInput{Bucket: &b.name, Key: &want.key, RequestPayer: b.account.payer()}
	if want.tag != "" {
		in.IfMatch = aws.String(`"` + want.tag + `"`)
	}
	if !want.whole {
		in.Range = aws.String(s3Range(want))
	}
	out, err := client.GetObject(ctx, in, o)
	if err == nil && !b.slow.Load() {
		b.quick.Store(newS3Quick(client, b.account, want.key, out))
	}
	return out, err
}

// s3Do makes one request. A bucket in another region, expired credentials and a clock that is wrong are dealt
// with once each.
func s3Do[T any](ctx context.Context, b *s3Bucket, what string, do func(*s3.Client, func(*s3.Options)) (T, error)) (T, error) {
	var adapted s3Adapted
	for {
		client, age, err := b.account.client(ctx)
		if err != nil {
			var none T
			return none, err
		}
		answer, err := do(client, func(o *s3.Options) {
			if region := b.region.Load(); region != nil {
				o.Region = *region
			}
		})
		if err == nil || ctx.Err() != nil {
			return answer, err
		}
		if !b.adapt(err, age, &adapted) {
			return answer, b.failed(what, err)
		}
	}
}

// s3Adapted is what has been tried to make a request succeed.
type s3Adapted struct{ region, credentials, clock bool }

// adapt changes what a request has failed of, and reports whether to make it again.
func (b *s3Bucket) adapt(err error, age int, tried *s3Adapted) bool {
	code := s3Code(err)
	switch region := s3Region(err); {
	case region != "" && !tried.region && b.account.options.Region == "" && b.region.Load() == nil:
		tried.region = true
		b.region.Store(&region)
		return true
	case region != "" && !tried.region && b.region.Load() != nil && *b.region.Load() == region:
		tried.region = true // another request has found the region meanwhile
		return true
	case s3Expired[code] && !tried.credentials:
		tried.credentials = true
		b.account.renew(age)
		return true
	case s3Skewed[code] && !tried.clock: // the client knows the difference from the answer
		tried.clock = true
		b.slow.Store(true)
		b.quick.Store(nil)
		return true
	}
	return false
}
