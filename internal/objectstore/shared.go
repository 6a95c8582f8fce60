package objectstore

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
)

// Options say how objects are reached and kept. The zero value reads from Amazon's S3, with the credentials
// and the region of the environment, and from Azure's public cloud, with credentials in the environment, and
// keeps nothing.
type Options struct {
	Endpoint      string // the URL of another service that speaks S3's protocol; empty for Amazon's
	Region        string // empty for the environment's, or what the bucket says
	Profile       string // of the AWS configuration; empty for the environment's choice
	RequesterPays bool   // accept that the account of the credentials pays for requests and transfers

	AzureEndpoint string                   // the URL of an account's blobs, of another cloud or service than Azure's public one; empty for that
	Setting       func(name string) string // returns the settings that have credentials for Azure; nil for those of the environment

	Cache     string // a directory to keep objects in after they were read; empty for none
	CacheSize int64  // how many bytes to keep there; 0 for 10 GiB
	Temporary string // the directory for temporary files; empty for the system's
	Memory    int64  // bytes for what is fetched ahead; 0 for 32 MiB
}

// setting returns a setting that has credentials for Azure, empty if it is not set.
func (o *Options) setting(name string) string {
	if o.Setting != nil {
		return o.Setting(name)
	}
	return os.Getenv(name)
}

const (
	defaultCacheSize = 10 << 30
	defaultMemory    = 32 << 20
)

// shared is what all stores of a Stores share.
type shared struct {
	options Options
	ctx     context.Context // ends when the Stores is closed
	cancel  context.CancelFunc
	running sync.WaitGroup // all goroutines
	memory  *memory
	cache   *cache        // nil if nothing is kept
	slots   chan struct{} // one for each request that fetches ahead
	counts  counters

	reached atomic.Bool // a store has answered as it should
}

// atOnce is how many requests fetch ahead at the same time: enough for small objects in a store far away,
// which take 30 ms each.
const atOnce = 100

// counters count what has been asked for.
type counters struct{ lists, heads, gets, bytes atomic.Int64 }

// within returns a context that ends with ctx or when the stores are closed. cancel must be called.
func (s *shared) within(ctx context.Context) (within context.Context, cancel context.CancelFunc) {
	within, end := context.WithCancel(ctx)
	stop := context.AfterFunc(s.ctx, end)
	return within, func() {
		stop()
		end()
	}
}

// patience returns how long to be patient now.
func (s *shared) patience() patience {
	if s.reached.Load() {
		return patience{longest: patienceFor}
	}
	return patience{longest: firstTry}
}

// retry calls do until it succeeds, its error is not temporary, or patience ends.
func retry[T any](ctx context.Context, s *shared, do func() (T, error)) (T, error) {
	p := s.patience()
	for {
		value, err := do()
		if err == nil {
			s.reached.Store(true)
			return value, nil
		}
		if err := p.wait(ctx, err); err != nil {
			var none T
			return none, err
		}
	}
}
