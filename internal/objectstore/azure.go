package objectstore

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"ph2cio/internal/source"
)

// azService is Azure's Blob Storage. Its buckets are containers, and its objects blobs.
type azService struct {
	account azAccount
	counts  *counters
	page    int32 // how many blobs a list has at most; 0 for as many as Azure sends
}

func newAzure(o *Options, counts *counters) *azService {
	return &azService{account: azAccount{options: o, signIn: sync.OnceValues(newAzSignIn)}, counts: counts}
}

var (
	azAccountPattern   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`) // it becomes a part of the host
	azContainerPattern = regexp.MustCompile(`^\$?[a-z0-9][a-z0-9-]*$`)
)

// azCheckURL says what is wrong with the names of the account and the container in a URL. rest is what follows
// the scheme.
func azCheckURL(scheme, rest string) error {
	const form = "write az://ACCOUNT/CONTAINER/PREFIX"
	account, rest, _ := strings.Cut(rest, "/")
	name, _, _ := strings.Cut(rest, "/")
	switch short, domain, _ := strings.Cut(account, "."); {
	case scheme != "az":
		return &Error{text: fmt.Sprintf("the URL begins with %s://", scheme), hint: "write az:// in small letters"}
	case account == "":
		return &Error{text: "the URL names no storage account", hint: form}
	case strings.HasPrefix(domain, "blob.") && azAccountPattern.MatchString(short):
		return &Error{text: "the URL names a host, not a storage account", hint: "write az://" + short + "/CONTAINER/PREFIX"}
	case !azAccountPattern.MatchString(account):
		return &Error{text: fmt.Sprintf("%q cannot be the name of a storage account", account), hint: form}
	case name == "":
		return &Error{text: "the URL names no container", hint: form}
	case !azContainerPattern.MatchString(name):
		return &Error{text: fmt.Sprintf("%q cannot be the name of a container", name), hint: form}
	}
	return nil
}

// split returns ACCOUNT/CONTAINER, and the name of the blob after it.
func (s *azService) split(rest string) (name, key string) {
	account, rest, _ := strings.Cut(rest, "/")
	in, key, _ := strings.Cut(rest, "/")
	return account + "/" + in, key
}

func (s *azService) place() string { return "az " + s.account.options.AzureEndpoint }
func (s *azService) close()        { s.account.close() }

func (s *azService) bucket(name string) bucket {
	account, in, _ := strings.Cut(name, "/")
	b := &azContainer{service: s, account: account, name: in}
	b.reach = sync.OnceValues(func() (azReached, error) { return s.account.reach(account, in) })
	return b
}

// azContainer is one container there.
type azContainer struct {
	service       *azService
	account, name string
	reach         func() (azReached, error) // makes the client when it is needed first, and contacts nobody
	read          atomic.Bool               // a blob in it could be read
}

func (b *azContainer) list(ctx context.Context, prefix, cursor string) (found []listed, next string, err error) {
	to, err := b.reach()
	if err != nil {
		return nil, "", err
	}
	// The metadata says which blobs are folders.
	o := &container.ListBlobsFlatOptions{Include: container.ListBlobsInclude{Metadata: true}}
	if prefix != "" {
		o.Prefix = &prefix
	}
	if cursor != "" {
		o.Marker = &cursor
	}
	if b.service.page > 0 {
		o.MaxResults = &b.service.page
	}
	b.service.counts.lists.Add(1)
	out, err := to.client.NewListBlobsFlatPager(o).NextPage(ctx)
	switch {
	case err != nil:
		return nil, "", b.failed(ctx, "list", to, err)
	case out.Segment == nil || out.Version == nil:
		return nil, "", azNotAzure()
	case out.NextMarker != nil:
		next = *out.NextMarker
	}
	found = make([]listed, 0, len(out.Segment.BlobItems))
	for _, one := range out.Segment.BlobItems {
		if one.Name == nil || one.Properties == nil || one.Properties.ContentLength == nil {
			return nil, "", azNotAzure()
		}
		l := listed{key: *one.Name, size: *one.Properties.ContentLength, version: azVersion(one.Properties.ETag, one.Properties.LastModified)}
		if azIsFolder(one.Metadata) || one.Properties.ResourceType != nil && *one.Properties.ResourceType == "directory" {
			l.key += "/" // as the folders are named that programs make in S3
		}
		found = append(found, l)
	}
	return found, next, nil
}

// azIsFolder reports whether a blob stands for a folder, by the metadata that accounts with a hierarchical
// namespace, and programs for others, give it.
func azIsFolder(metadata map[string]*string) bool {
	for name, value := range metadata {
		if strings.EqualFold(name, "hdi_isfolder") && value != nil && strings.EqualFold(*value, "true") {
			return true
		}
	}
	return false
}

func (b *azContainer) look(ctx context.Context, key string) (listed, error) {
	to, err := b.reach()
	if err != nil {
		return listed{}, err
	}
	b.service.counts.heads.Add(1)
	out, err := to.client.NewBlobClient(key).GetProperties(ctx, nil)
	switch {
	case err != nil:
		return listed{}, b.failed(ctx, "look", to, err)
	case out.Version == nil || out.ContentLength == nil:
		return listed{}, azNotAzure()
	case azIsFolder(out.Metadata):
		return listed{}, missing()
	}
	return listed{key: key, size: *out.ContentLength, version: azVersion(out.ETag, out.LastModified)}, nil
}

func (b *azContainer) get(ctx context.Context, want request) (reply, error) {
	reached, err := b.reach()
	if err != nil {
		return reply{}, err
	}
	o := &blob.DownloadStreamOptions{}
	if want.tag != "" {
		o.AccessConditions = &blob.AccessConditions{ModifiedAccessConditions: &blob.ModifiedAccessConditions{
			IfMatch: new(azcore.ETag(`"` + want.tag + `"`)),
		}}
	}
	if !want.whole {
		o.Range = blob.HTTPRange{Offset: want.from, Count: want.to - want.from}
	}
	b.service.counts.gets.Add(1)
	out, err := reached.client.NewBlobClient(want.key).DownloadStream(ctx, o)
	if err != nil {
		return reply{}, b.failed(ctx, "get", reached, err)
	}
	got := azReply(want, &out)
	if out.Version == nil {
		_ = got.body.Close() // another error is returned
		return reply{}, azNotAzure()
	}
	if got.tag != "" && want.tag != "" && got.tag != want.tag {
		_ = got.body.Close() // another error is returned
		return reply{}, changed("the object was replaced after it was found")
	}
	b.read.Store(true)
	return got, nil
}

func azReply(want request, out *blob.DownloadStreamResponse) reply {
	length, held, tag := int64(-1), "", ""
	if out.ContentLength != nil {
		length = *out.ContentLength
	}
	if out.ContentRange != nil {
		held = *out.ContentRange
	}
	if out.ETag != nil {
		tag = string(*out.ETag)
	}
	return newReply(want, out.Body, length, held, tag)
}

// azVersion returns the version of a blob.
func azVersion(tag *azcore.ETag, modified *time.Time) source.Version {
	var text *string
	if tag != nil {
		text = (*string)(tag)
	}
	return newVersion(text, modified)
}
