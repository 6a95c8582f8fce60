package objectstore

import (
	"bytes"
	"fmt"
	"testing"

	"ph2cio/internal/source"
)

// look reads the first bytes of a source twice, as one does who wants to know what it is.
func look(t *testing.T, one source.Source, size int) {
	t.Helper()
	for range 2 {
		if head, err := one.Head(t.Context(), size); err != nil || len(head) != min(size, int(one.Size)) {
			t.Fatal(len(head), err)
		}
	}
}

// TestTheBeginningIsFetchedOnce looks at objects before a pass reads them. No byte is fetched twice, and an
// object of up to firstSize takes one request.
func TestTheBeginningIsFetchedOnce(t *testing.T) {
	for _, cache := range []string{"", t.TempDir()} {
		f := &fake{}
		sizes := []int{1, 511, blockSize, firstSize, firstSize + 1, partSize}
		var all int64
		for i, size := range sizes {
			f.Put(fmt.Sprintf("%02d", i), noise(uint64(i), size))
			all += int64(size)
		}
		s := f.start(t, Options{Cache: cache})
		found := listAll(t, s, "s3://bucket/")
		for _, one := range found {
			look(t, one, 512)
		}
		done := source.Announce(t.Context(), found)
		for i, one := range found {
			if got := readOne(t, one); !bytes.Equal(got, noise(uint64(i), sizes[i])) {
				t.Errorf("%d bytes: read %d others", sizes[i], len(got))
			}
		}
		done()
		if n := f.TakeCounts(); n.Gets != len(sizes)+2 || n.Bytes != all {
			t.Errorf("%d requests fetched %d bytes, want %d for %d", n.Gets, n.Bytes, len(sizes)+2, all)
		}
		if cache == "" {
			continue
		}
		for i, one := range found {
			if got := readOne(t, one); !bytes.Equal(got, noise(uint64(i), sizes[i])) {
				t.Errorf("%d bytes: read %d others from the cache", sizes[i], len(got))
			}
		}
		if n := f.TakeCounts(); n.Gets > 0 {
			t.Errorf("%d requests for what is in the cache", n.Gets)
		}
	}
}

// TestBeginningsAreOfOneVersion replaces an object after somebody has looked at it.
func TestBeginningsAreOfOneVersion(t *testing.T) {
	f := &fake{}
	f.Put("a", []byte("old"))
	s := f.start(t, Options{})
	look(t, listAll(t, s, "s3://bucket/")[0], 3)
	f.Put("a", []byte("new"))
	if got := readOne(t, listAll(t, s, "s3://bucket/")[0]); string(got) != "new" {
		t.Errorf("read %q", got)
	}
}

// TestFewBeginningsAreKept looks at many objects.
func TestFewBeginningsAreKept(t *testing.T) {
	f := &fake{}
	f.fill(2*mostHeads/firstSize, firstSize)
	s := f.start(t, Options{})
	found := listAll(t, s, "s3://bucket/")
	for _, one := range found {
		look(t, one, 512)
	}
	h := &s.s3.heads
	if held := h.held; held != mostHeads || len(h.all) != mostHeads/firstSize {
		t.Errorf("%d bytes of %d objects are kept", held, len(h.all))
	}
	f.TakeCounts()
	for _, one := range found[len(found)-len(h.all):] {
		look(t, one, 512)
	}
	if n := f.TakeCounts().Gets; n > 0 {
		t.Errorf("%d requests for what was kept last", n)
	}
}
