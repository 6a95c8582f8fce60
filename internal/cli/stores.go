package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"ph2cio/internal/exit"
	"ph2cio/internal/objectstore"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

// storeOptions are the flags for objects in buckets, and the stores that they describe.
type storeOptions struct {
	options   objectstore.Options
	cacheSize string

	others  source.Remote       // replaces package objectstore; nil outside tests
	prepare func()              // is called before stores are made
	opened  *objectstore.Stores // nil before the first URL
}

// addFlags adds the flags of a command that reads objects.
func (o *storeOptions) addFlags(f *pflag.FlagSet) {
	o.addAccountFlags(f)
	f.StringVar(&o.options.Cache, cacheFlag, "", "keep objects here after they were fetched, so that the second pass fetches nothing")
	describe(f, cacheFlag, reading, "DIR", sendsSame)
	f.StringVar(&o.cacheSize, "cache-size", "10GB", "how much to keep in --cache; what was unused longest is removed first")
	describe(f, "cache-size", reading, "SIZE", sendsSame)
}

// addAccountFlags adds the flags of a command that only asks whether objects are there.
func (o *storeOptions) addAccountFlags(f *pflag.FlagSet) {
	f.StringVar(&o.options.Endpoint, "s3-endpoint", "", "server of s3:// URLs, such as https://storage.googleapis.com; by default Amazon's")
	describe(f, "s3-endpoint", reading, "URL", sendsSame)
	f.StringVar(&o.options.Region, "s3-region", "", "region of the buckets; found if left out")
	describe(f, "s3-region", reading, "TEXT", sendsSame)
	f.StringVar(&o.options.Profile, "s3-profile", "", "profile of ~/.aws/config with the credentials for S3")
	describe(f, "s3-profile", reading, "TEXT", sendsSame)
	f.BoolVar(&o.options.RequesterPays, "s3-requester-pays", false, "read buckets whose owner makes you pay for requests and transfers")
	describe(f, "s3-requester-pays", reading, "", sendsSame)
	f.StringVar(&o.options.AzureEndpoint, "azure-endpoint", "", "server of az:// URLs, such as http://127.0.0.1:10000/ACCOUNT; by default Azure's public cloud")
	describe(f, "azure-endpoint", reading, "URL", sendsSame)
}

// check takes the values of the flags of a command, and returns what is wrong with them.
func (o *storeOptions) check(f *pflag.FlagSet) (err error) {
	if tmp := f.Lookup(tmpFlag); tmp != nil {
		o.options.Temporary = tmp.Value.String()
	}
	if f.Lookup(cacheFlag) == nil {
		return nil
	}
	if o.options.CacheSize, err = parseBytes(o.cacheSize); err != nil {
		return fmt.Errorf("--cache-size %w", err)
	}
	return nil
}

// remote finds the store of a URL, as a source.Remote does.
func (o *storeOptions) remote(arg string) (source.Lister, error) {
	if !source.IsURL(arg) {
		return nil, nil
	}
	if o.others != nil {
		return o.others(arg)
	}
	if o.opened == nil {
		o.prepare()
		opened, err := objectstore.New(o.options)
		if _, bad := errors.AsType[*objectstore.Error](err); bad {
			return nil, &problem{err: err, code: exit.Usage}
		} else if err != nil {
			return nil, &problem{err: err, code: exit.State, hint: "name another directory with --cache"}
		}
		o.opened = opened
	}
	return o.opened.Remote(arg)
}

// has reports whether an argument is a URL in a store that can be read.
func (o *storeOptions) has(arg string) bool {
	store, err := o.remote(arg)
	return err == nil && store != nil
}

// close ends what is being fetched, and says what was fetched; empty if no store was used.
func (o *storeOptions) close() string {
	if o.opened == nil {
		return ""
	}
	defer o.opened.Close()
	n := o.opened.Counts()
	return fmt.Sprintf("from buckets: %s fetched, with %s, %s to look and %s to read", report.Bytes(n.Bytes),
		report.Plural(n.Lists, "request to list", "requests to list"), report.Count(n.Heads), report.Count(n.Gets))
}

// willFetch says before a first pass how much it and the second one fetch from buckets, since that may cost
// money. It is empty for nothing.
func (o *storeOptions) willFetch(sources []source.Source) string {
	objects, bytes := toFetch(sources)
	if objects == 0 {
		return ""
	}
	text := fmt.Sprintf("fetching %s from buckets, %s", report.Plural(objects, "object", "objects"), report.Bytes(bytes))
	switch cached := o.cached(sources); {
	case o.options.Cache == "":
		text += fmt.Sprintf("; with the second pass up to %s, unless --cache keeps them", report.Bytes(2*bytes))
	case cached > 0:
		text += fmt.Sprintf(", of which %s are in the cache", report.Bytes(cached))
	}
	return text
}

// fetchesAgain says in a plan how much sending fetches again; empty for nothing.
func (o *storeOptions) fetchesAgain(sources []source.Source) string {
	_, bytes := toFetch(sources)
	if bytes -= o.cached(sources); bytes <= 0 {
		return ""
	}
	text := report.Bytes(bytes) + " again from buckets"
	if o.options.Cache == "" {
		text += " (nothing with --cache)"
	}
	return text
}

// toFetch returns how many of the sources are objects, and their bytes.
func toFetch(sources []source.Source) (objects, bytes int64) {
	for _, one := range sources {
		if one.In != nil {
			objects++
			bytes += one.Size
		}
	}
	return objects, bytes
}

// cached returns how many bytes of sources need not be fetched.
func (o *storeOptions) cached(sources []source.Source) int64 {
	if o.opened == nil {
		return 0
	}
	return o.opened.Cached(sources)
}

// inputCode returns the exit code for a source that cannot be found or listed: that of credentials if they
// are the cause.
func inputCode(err error) int {
	if exit.Code(err) == exit.Credentials {
		return exit.Credentials
	}
	return exit.Input
}
