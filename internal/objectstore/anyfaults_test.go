package objectstore

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/fakestore"
)

// TestAnyFaultsAtAnyTime reads objects in order, at any offset and not to their end, several at once,
// announced in another order than they are opened, while every third request fails in some way that is
// temporary. All that is read is right, and at the end nothing is held, neither of the memory nor of the
// cache.
func TestAnyFaultsAtAnyTime(t *testing.T) {
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 1))
		f := &fake{}
		texts := make([][]byte, 40)
		for i := range texts {
			texts[i] = noise(uint64(i), random.IntN(1<<random.IntN(24)))
			f.Put(fmt.Sprintf("%02d", i), texts[i])
		}
		var lock sync.Mutex
		f.Fail(func(*http.Request, int) *fakestore.Fault {
			lock.Lock()
			defer lock.Unlock()
			switch random.IntN(12) {
			case 0:
				return &fakestore.Fault{Status: 503, Code: "SlowDown"}
			case 1:
				return &fakestore.Fault{Status: 500, Code: "InternalError"}
			case 2:
				return &fakestore.Fault{Cut: 1 + random.IntN(1<<20)}
			case 3:
				return &fakestore.Fault{Cut: 1 + random.IntN(100), Delay: time.Millisecond}
			}
			return nil
		})
		o := Options{Memory: partSize, Temporary: t.TempDir()}
		if seed%2 == 1 {
			o.Cache, o.CacheSize = t.TempDir(), 30<<20
		}
		var s *Stores
		prefix := "s3://bucket/"
		if seed < 4 {
			s = f.start(t, o)
		} else {
			s, prefix = f.startAzure(t, o), azurePrefix
		}
		found := listAll(t, s, prefix)
		done := source.Announce(t.Context(), found)
		var running sync.WaitGroup
		for worker := range 4 {
			random := rand.New(rand.NewPCG(seed, uint64(worker)))
			running.Go(func() {
				for i := worker; i < len(found); i += 4 {
					readSomehow(t, random, found[i], texts[i])
				}
			})
		}
		running.Wait()
		done()
		nothingHeld(t, s)
		if c := s.shared.cache; c != nil {
			if inCache := s.Cached(found); inCache != c.used {
				t.Errorf("the cache has %d bytes, and counts %d", inCache, c.used)
			}
		}
	}
}

// readSomehow reads a source in one of several ways.
func readSomehow(t *testing.T, random *rand.Rand, one source.Source, want []byte) {
	file, err := one.Open(t.Context(), 0)
	if err != nil {
		t.Error(err)
		return
	}
	way := random.IntN(4)
	if way > 0 {
		checkAt(t, file.(io.ReaderAt), want, 0, 512)
	}
	switch way {
	case 0, 1:
		got, err := io.ReadAll(file)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: read %d bytes of %d, %v", one.Name, len(got), len(want), err)
		}
	case 2:
		got, err := io.ReadAll(io.LimitReader(file, random.Int64N(one.Size+1)))
		if err != nil || !bytes.HasPrefix(want, got) {
			t.Errorf("%s: read %d bytes of %d, %v", one.Name, len(got), len(want), err)
		}
		if random.IntN(2) == 0 {
			checkAt(t, file.(io.ReaderAt), want, random.Int64N(one.Size+1), 1000)
		}
	case 3:
		for range 5 {
			checkAt(t, file.(io.ReaderAt), want, random.Int64N(one.Size+1), random.IntN(100_000))
		}
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}
