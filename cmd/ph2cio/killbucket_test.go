package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ph2cio/internal/testkit/fakestore"
	"ph2cio/internal/testkit/packing"
	"ph2cio/internal/testkit/s3server"
)

// TestKilledBackfillFromABucket kills a backfill of objects at chosen moments and at random ones, and
// types the same command again until it ends, with a cache and without one. The objects are in a real S3
// server if one is installed, otherwise in one of package fakestore. They are compressed, plain, Parquet,
// and a split export with its manifest. A proxy makes answers slow enough for a kill in their midst.
//
// The end is the same as without kills, and no temporary files are left. After each kill one of the files
// in the cache is damaged, as a power loss might have left it: the next run fetches that object again.
func TestKilledBackfillFromABucket(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	for name, cached := range map[string]bool{"without a cache": false, "with a cache": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newKilledBucket(t, program, cached).run((kills(t) + 1) / 2)
		})
	}
}

// killedBucket is a bucket from which a backfill that is killed reads.
type killedBucket struct {
	*killTrials
	prefix  string            // of the URLs of all objects
	objects map[string][]byte // by key
	cached  bool
	tmp     string            // the directory for temporary files
	cache   string            // the directory of the cache, if there is one
	spoiled map[string][]byte // files of the cache that were damaged, by path
	spoils  int               // how often that was done

	lists, gets atomic.Int64 // requests of the run that have begun
}

func newKilledBucket(t *testing.T, program string, cached bool) *killedBucket {
	b := &killedBucket{killTrials: newKilling(t, program, "", 4), cached: cached}
	b.objects = map[string][]byte{
		"posthog/2026-03-01.jsonl.gz":       packing.Gzip(t, []byte(syntheticRows(t, 300, 11)), 500),
		"posthog/2026-03-02.jsonl":          []byte(syntheticRows(t, 300, 12)),
		"posthog/2026-03-03.parquet":        syntheticParquet(t, 300, 13),
		"posthog/2026-03-04-0.jsonl.gz":     packing.Gzip(t, []byte(syntheticRows(t, 300, 14)), 500),
		"posthog/2026-03-04-1.jsonl.gz":     packing.Gzip(t, []byte(syntheticRows(t, 300, 15)), 500),
		"posthog/2026-03-04_manifest.json":  []byte(`{"files":["posthog/2026-03-04-0.jsonl.gz","posthog/2026-03-04-1.jsonl.gz"]}`),
		"posthog/a b+c%20d/2026-03-05.json": []byte(eventsOf(user, "2026-03-01T11:00:00Z")),
	}
	proxy := &fakestore.Proxy{}
	var environment map[string]string
	if s3server.Found() {
		server := s3server.Start(t)
		server.PutAll(t, b.objects)
		proxy.Server, environment, b.prefix = server, server.Environment(), "s3://"+s3server.Bucket+"/"
	} else {
		memory := &fakestore.Memory{}
		for key, data := range b.objects {
			memory.Put(key, data)
		}
		proxy.Server, environment, b.prefix = &fakestore.S3{Objects: memory}, fakestore.S3Environment("key", "secret", ""), "s3://bucket/"
	}
	proxy.Fail(b.slow)
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	for name, value := range environment {
		b.variables = append(b.variables, name+"="+value)
	}
	b.variables = append(b.variables, "PH2CIO_S3_ENDPOINT="+front.URL)
	return b
}

// slow gives a kill time.
func (b *killedBucket) slow(r *http.Request, _ int) *fakestore.Fault {
	if fakestore.IsList(r) {
		b.lists.Add(1)
		return &fakestore.Fault{Delay: 20 * time.Millisecond}
	}
	b.gets.Add(1)
	return &fakestore.Fault{PerByte: 100 * time.Nanosecond}
}

// begin makes an empty workspace, an empty state, and an empty cache.
func (b *killedBucket) begin() {
	b.killTrials.begin()
	b.dir, b.tmp, b.spoiled = b.t.TempDir(), b.t.TempDir(), map[string][]byte{}
	b.typed = []string{"backfill", "--yes", "--tmp", b.tmp, b.prefix + "posthog/"}
	if b.cached {
		b.cache = b.t.TempDir()
		b.typed = append(b.typed, "--cache", b.cache)
	}
}

// The moments of kills.
const (
	whileListing  = "while it lists"
	inFirstPass   = "while objects arrive in the first pass"
	inSecondPass  = "while objects arrive in the second pass"
	whileCaching  = "while the cache is written"
	atRandomTimes = "at random"
)

// moments returns at which moments the program is killed.
func (b *killedBucket) moments() []string {
	if b.cached {
		return []string{whileListing, inFirstPass, whileCaching, atRandomTimes}
	}
	return []string{whileListing, inFirstPass, inSecondPass, atRandomTimes}
}

// when returns what reports that a moment has come, for killWhen.
func (b *killedBucket) when(moment string, took time.Duration) func(*phaseLog) bool {
	began, after := time.Now(), time.Duration(b.dice.Float64()*float64(took))
	nth, before := 1+b.dice.Int64N(int64(len(b.objects))), int64(-1)
	return func(log *phaseLog) bool {
		all := log.all()
		phase := all[len(all)-1].name
		if reads := phase == phaseStarting || phase == phaseReading; !reads && before < 0 {
			before = b.gets.Load()
		}
		switch moment {
		case whileListing:
			return b.lists.Load() > 0
		case inFirstPass:
			return phase == phaseReading && b.gets.Load() >= nth
		case inSecondPass:
			return before >= 0 && b.gets.Load() >= before+nth
		case whileCaching:
			parts, _ := filepath.Glob(filepath.Join(b.cache, "*.part")) // and no error, since the pattern is right
			return len(parts) > 0 && b.gets.Load() >= nth
		default:
			return time.Since(began) >= after
		}
	}
}

// run kills so often, and at each moment at least once.
func (b *killedBucket) run(kills int) {
	b.begin()
	want, took := b.undisturbed(), time.Duration(0)
	for _, phase := range want.phases.took {
		took += phase
	}
	counts, all := killCounts{}, &runPhases{names: b.moments()}
	for killed, trials := 0, 0; killed < kills || trials < 5*kills && counts.missing(all); trials++ {
		b.begin()
		times := 0
		for times < 6 && (killed < kills || counts.missing(all)) {
			moment := counts.least(all)
			b.lists.Store(0)
			b.gets.Store(0)
			if ok, _ := b.killWhen(b.when(moment, took)); !ok {
				break
			}
			counts[moment]++
			killed, times = killed+1, times+1
			b.checkCache()
			b.spoil()
		}
		b.endsLike(want, times)
		b.checkLeftovers()
	}
	counts.check(b.t, "backfill "+b.prefix, all)
	if b.cached && b.spoils == 0 {
		b.t.Error("no file of a cache was damaged")
	}
}

// inCache returns the paths of all files of the cache that have a name of their own.
func (b *killedBucket) inCache() []string {
	if !b.cached {
		return nil
	}
	files, _ := filepath.Glob(filepath.Join(b.cache, "*.object"))
	return files
}

// checkCache checks that each file of the cache has a whole object, unless it was damaged.
func (b *killedBucket) checkCache() {
	b.t.Helper()
	for _, path := range b.inCache() {
		text, err := os.ReadFile(path)
		if err != nil {
			b.t.Fatal(err)
		}
		whole := bytes.Equal(text, b.spoiled[path])
		for _, data := range b.objects {
			whole = whole || bytes.HasPrefix(text, data) && len(text) == len(data)+8 // a checksum
		}
		if !whole {
			b.t.Errorf("%s has %d bytes, which are no object", path, len(text))
		}
	}
}

// spoil damages a file of the cache: its end is missing, or zeros.
func (b *killedBucket) spoil() {
	b.t.Helper()
	files := b.inCache()
	if len(files) == 0 {
		return
	}
	path := files[b.dice.IntN(len(files))]
	text, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	at := b.dice.IntN(len(text))
	if clear(text[at:]); b.dice.IntN(3) == 0 {
		text = text[:at]
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.spoiled[path] = text
	b.spoils++
}

// checkLeftovers lists the directories after a run that finds nothing to do, some minutes later.
func (b *killedBucket) checkLeftovers() {
	b.t.Helper()
	all := func() (paths []string) {
		for _, dir := range []string{b.tmp, b.cache} {
			if dir != "" {
				some, _ := filepath.Glob(filepath.Join(dir, "*"))
				paths = append(paths, some...)
			}
		}
		return paths
	}
	for _, path := range all() {
		if old := time.Now().Add(-2 * time.Minute); os.Chtimes(path, old, old) != nil {
			b.t.Fatal(path, "has disappeared")
		}
	}
	if summary, _ := b.finish(); summary != nil {
		b.t.Errorf("it ran once more: %v", summary)
	}
	for _, path := range all() {
		if !strings.HasSuffix(path, ".object") {
			b.t.Error(path, "was left")
		}
	}
}
