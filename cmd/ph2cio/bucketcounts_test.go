package main

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"strings"
	"testing"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/fakestore"
	"ph2cio/internal/testkit/packing"
)

// countedBucket is a bucket whose requests are counted, and a workspace that the program fills from it.
type countedBucket struct {
	*run
	objects fakestore.Memory
	proxy   *fakestore.Proxy
	box     *sandbox.Sandbox
	bytes   int64 // of all objects with events
	rows    int
}

const (
	countedURL  = "s3://bucket/posthog/"
	countedPage = 100 // objects in a page of a list; S3's own have 1,000
)

func newCountedBucket(t *testing.T) *countedBucket {
	t.Helper()
	b := &countedBucket{}
	var url string
	b.box, url = newBox(t, sandbox.Faults{NoDedup: true})
	b.run, b.proxy = newRun(t, url), &fakestore.Proxy{Server: &fakestore.S3{Objects: &b.objects, Page: countedPage}}
	front := httptest.NewServer(b.proxy)
	t.Cleanup(front.Close)
	b.environment["PH2CIO_S3_ENDPOINT"] = front.URL
	maps.Copy(b.environment, fakestore.S3Environment("key", "secret", ""))
	return b
}

// put adds an object with a new event, compressed or not, and returns its size.
func (b *countedBucket) put(name string, compressed bool) int64 {
	b.rows++
	text := []byte(strings.Replace(oneRow, "c62b27bcf5d9", fmt.Sprintf("%012d", b.rows), 1))
	if compressed {
		text = packing.Gzip(b.t, text, 1<<20)
	}
	b.objects.Put("posthog/"+name, text)
	b.bytes += int64(len(text))
	return int64(len(text))
}

// asks runs the program and expects so many requests and bytes.
func (b *countedBucket) asks(what string, want fakestore.Counts, words ...string) {
	b.t.Helper()
	got := b.run.run(append(words, "--quiet", "--recent", "send", "--rate", "1000", "--settle", "0s", "--state", "state")...)
	if got.code != 0 {
		b.t.Fatalf("%s: exit code %d\n%s", what, got.code, got)
	}
	asked := b.proxy.TakeCounts()
	asked.Open = 0 // which depends on the machine
	if asked != want {
		b.t.Errorf("%s: asked %+v, want %+v", what, asked, want)
	}
}

// TestRequestsToABucket counts what first runs, second runs, idle nights and busy nights ask of a bucket
// whose list has three pages.
func TestRequestsToABucket(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	const objects, pages = 250, 3
	for name, one := range map[string]struct {
		compressed bool
		cache      []string
		run, again int // how often a run fetches each object, and how often a later one does that reads all of them once more
	}{
		"plain": {run: 2, again: 2}, // once for each pass
		// The second pass reads gzip, as far as it takes at most 64 MB, from what the first has left in memory.
		"compressed": {compressed: true, run: 1, again: 1},
		// The second pass finds all objects in the cache, and a later run does too.
		"plain, with a cache": {cache: []string{"--cache", "cache"}, run: 1, again: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newCountedBucket(t)
			ending := map[bool]string{false: ".jsonl", true: ".jsonl.gz"}[one.compressed]
			for n := range objects {
				b.put(fmt.Sprintf("%04d%s", n, ending), one.compressed)
			}
			backfill := append([]string{"backfill", "--yes", countedURL}, one.cache...)
			sync := append([]string{"sync", countedURL}, one.cache...)
			idle := fakestore.Counts{Lists: pages} // a list has the tag of each object, so that none is looked at
			b.asks("the first run", fetching(pages, one.run*objects, int64(one.run)*b.bytes), backfill...)
			b.asks("the same command again", idle, backfill...)
			b.asks("an idle night", idle, sync...)
			b.asks("all once more", fetching(pages, one.again*objects, int64(one.again)*b.bytes), append(backfill, "--restart")...)

			size := b.put("9000"+ending, one.compressed)
			b.asks("a busy night", fetching(pages, one.run, int64(one.run)*size), sync...)
			b.asks("the idle night after it", idle, sync...)

			persons := []byte(personsExport())
			b.objects.Put("persons/p.jsonl", persons)
			sync = append(sync, "--persons", "s3://bucket/persons/")
			idle.Lists++ // of the persons export
			// The second pass needs no persons.
			b.asks("a night with a persons export", fetching(pages+1, 1, int64(len(persons))), sync...)
			b.asks("the idle night after it", idle, sync...)
		})
	}
}

// fetching returns the counts of a run that asks for lists, and for objects.
func fetching(lists, gets int, bytes int64) fakestore.Counts {
	return fakestore.Counts{Lists: lists, Gets: gets, Bytes: bytes}
}
