package objectstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/fakestore"
)

// noise returns bytes that are the same for the same seed.
func noise(seed uint64, size int) []byte {
	b := make([]byte, size)
	random := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	_, _ = random.Read(b) // never fails
	return b
}

// TestListingHasEveryKey lists several pages of keys with anything in them.
func TestListingHasEveryKey(t *testing.T) {
	f := &fake{page: 7}
	keys := []string{
		"p/2026-03-04T09:00:00+00:00-x.jsonl", "p/a b", "p/a+b", "p/a%20b", "p/a%2Fb", "p/ä/ö", "p/\xff\xfe", "p/new\nline", "p/tab\t", "p/<&>\"'", "p/?x=y", "p/#",
		"p/.hidden", "p/dir/", "p/\x01", "p//double", "p/../up", "p/*[x]", "p/emoji😀",
	}
	for i, key := range keys {
		f.Put(key, fmt.Appendf(nil, "%d", i))
	}
	f.Put("other", nil)
	s := f.start(t, Options{})
	found := listAll(t, s, "s3://bucket/p/")
	var names []string
	for _, one := range found {
		names = append(names, strings.TrimPrefix(one.Name, "s3://bucket/"))
	}
	slices.Sort(keys)
	if !slices.Equal(names, keys) {
		t.Errorf("found %q, want %q", names, keys)
	}
	for _, one := range found {
		if one.Version.Tag == "" || one.Version.Modified == 0 || strings.Contains(one.Version.Tag, `"`) {
			t.Errorf("%q has version %v", one.Name, one.Version)
		}
		now, err := one.Now(t.Context())
		if err != nil || now != one {
			t.Errorf("%q is %v now, %v; was %v", one.Name, now, err, one)
		}
		if text := readOne(t, one); len(text) != int(one.Size) {
			t.Errorf("%q: read %q", one.Name, text)
		}
	}
	if n := f.TakeCounts().Lists; n != 3 {
		t.Errorf("%d requests list %d keys", n, len(keys))
	}
}

// TestWhatIsNotThere looks for objects and buckets that do not exist.
func TestWhatIsNotThere(t *testing.T) {
	f := &fake{}
	f.Put("a", []byte("1"))
	s := f.start(t, Options{})
	l, err := s.Remote("s3://bucket/x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Look(t.Context(), "s3://bucket/x"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if found, err := l.List(t.Context(), "s3://bucket/x/"); len(found) > 0 || err != nil {
		t.Error(found, err)
	}
	if _, err := l.List(t.Context(), "s3://bucke/"); err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), `"bucke" does not exist`) {
		t.Error(err)
	}
}

// TestReadingInOrder reads objects of sizes around those of blocks and parts, from several offsets, announced
// and not.
func TestReadingInOrder(t *testing.T) {
	f := &fake{}
	sizes := []int{0, 1, blockSize - 1, blockSize, blockSize + 1, firstSize, firstSize + 1, partSize, partSize + 1, 3*partSize - 5}
	for i, size := range sizes {
		f.Put(fmt.Sprintf("%02d", i), noise(uint64(i), size))
	}
	f.start(t, Options{}) // so that the server outlives the parts of this test
	for _, memory := range []int64{1, 2 * partSize, 0} {
		t.Run(fmt.Sprint(memory), func(t *testing.T) {
			s := f.start(t, Options{Memory: memory})
			found := listAll(t, s, "s3://bucket/")
			for range 2 {
				done := source.Announce(t.Context(), found)
				for i, one := range found {
					if got := readOne(t, one); !bytes.Equal(got, noise(uint64(i), sizes[i])) {
						t.Errorf("%d bytes: read %d others", sizes[i], len(got))
					}
				}
				done()
			}
			for i, one := range found {
				for _, offset := range []int{0, 1, sizes[i] / 2, sizes[i]} {
					file, err := one.Open(t.Context(), int64(offset))
					if err != nil {
						t.Fatal(err)
					}
					got, err := io.ReadAll(file)
					if want := noise(uint64(i), sizes[i]); err != nil || offset <= len(want) && !bytes.Equal(got, want[offset:]) {
						t.Errorf("%d bytes from %d: %d others, %v", sizes[i], offset, len(got), err)
					}
					if err := file.Close(); err != nil {
						t.Error(err)
					}
				}
			}
			nothingHeld(t, s)
		})
	}
}

// nothingHeld checks that all memory was released.
func nothingHeld(t *testing.T, s *Stores) {
	t.Helper()
	s.Close()
	m := s.shared.memory
	if m.left != m.most {
		t.Errorf("%d of %d blocks are left at the end", m.left, m.most)
	}
	if len(m.spare) > m.most {
		t.Errorf("%d spare blocks", len(m.spare))
	}
}

// TestReadingAtAnyOffset compares random reads, many at once, with what was stored: of an object whose
// beginning was looked at before, as readers do, and of a small one that was announced.
func TestReadingAtAnyOffset(t *testing.T) {
	f := &fake{}
	want := noise(1, 30<<20)
	f.Put("large", want)
	f.Put("large.parquet", want)
	f.Put("small.parquet", want[:partSize])
	for _, cached := range []bool{false, true} {
		o := Options{Temporary: t.TempDir()}
		if cached {
			o.Cache = t.TempDir()
		}
		s := f.start(t, o)
		found := listAll(t, s, "s3://bucket/")
		done := source.Announce(t.Context(), found)
		for _, one := range found {
			file, err := one.Open(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			at := file.(io.ReaderAt)
			head := make([]byte, 512)
			if n, err := at.ReadAt(head, 0); n != 512 || err != nil || !bytes.Equal(head, want[:512]) {
				t.Errorf("%s: the beginning is %d other bytes, %v", one.Name, n, err)
			}
			var running sync.WaitGroup
			for worker := range 8 {
				running.Go(func() {
					random := rand.New(rand.NewPCG(uint64(worker), 1))
					for range 20 {
						checkAt(t, at, want[:one.Size], random.Int64N(one.Size+10), random.IntN(200_000))
					}
				})
			}
			running.Wait()
			checkAt(t, at, want[:one.Size], one.Size-8, 8)
			checkAt(t, at, want[:one.Size], one.Size, 8)
			if err := file.Close(); err != nil {
				t.Error(err)
			}
		}
		done()
		nothingHeld(t, s)
	}
}

func checkAt(t *testing.T, file io.ReaderAt, want []byte, at int64, size int) {
	t.Helper()
	got := make([]byte, size)
	n, err := file.ReadAt(got, at)
	part := want[min(at, int64(len(want))):min(at+int64(size), int64(len(want)))]
	if !bytes.Equal(got[:n], part) || (len(part) < size) != (err == io.EOF) || err != nil && err != io.EOF {
		t.Errorf("%d bytes at %d of %d: %d, %v", size, at, len(want), n, err)
	}
}

// TestAFooterAndColumnsTakeFewRequests reads a file as a Parquet reader does: the footer, then ten columns
// in step, 64 KiB at a time.
func TestAFooterAndColumnsTakeFewRequests(t *testing.T) {
	f := &fake{}
	const column = 2 << 20
	f.Put("x.parquet", noise(1, 10*column))
	s := f.start(t, Options{})
	file, err := listAll(t, s, "s3://bucket/")[0].Open(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	at := file.(io.ReaderAt)
	buffer := make([]byte, 64<<10)
	for _, from := range []int64{0, 10*column - 8, 10*column - 60_000} {
		if _, err := at.ReadAt(buffer[:8], from); err != nil {
			t.Fatal(err)
		}
	}
	for step := int64(0); step < column; step += 64 << 10 {
		for c := range int64(10) {
			if _, err := at.ReadAt(buffer, c*column+step); err != nil {
				t.Fatal(err)
			}
		}
	}
	if gets, bytes := s.Counts().Gets, s.Counts().Bytes; gets > 25 || bytes != 10*column {
		t.Errorf("%d requests for %d bytes of %d", gets, bytes, 10*column)
	}
}

// TestReadingGoesOnAfterDamage reads at an offset after reading in order, as a reader does that looks for
// where a damaged file goes on: the whole object is fetched once, and the temporary file is gone at the end.
func TestReadingGoesOnAfterDamage(t *testing.T) {
	f := &fake{}
	want := noise(1, 9<<20)
	f.Put("x", want)
	dir := t.TempDir()
	s := f.start(t, Options{Temporary: dir})
	file, err := listAll(t, s, "s3://bucket/")[0].Open(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, file, 1<<20); err != nil {
		t.Fatal(err)
	}
	before := s.Counts().Bytes
	for at := int64(2 << 20); at < 8<<20; at += 10_007 {
		checkAt(t, file.(io.ReaderAt), want, at, 5000)
	}
	if fetched := s.Counts().Bytes - before; fetched > int64(len(want))+2*partSize {
		t.Errorf("fetched %d bytes for reading at %d offsets", fetched, 6<<20/10_007)
	}
	rest, err := io.ReadAll(file)
	if err != nil || !bytes.Equal(rest, want[1<<20:]) {
		t.Errorf("then read %d bytes in order, %v", len(rest), err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
	nothingHeld(t, s)
}

// TestOtherFormsOfAnObjectAreRead: a service that decompresses on the way sends another size, and no ranges.
func TestOtherFormsOfAnObjectAreRead(t *testing.T) {
	f := &fake{}
	want := noise(1, partSize+1000)
	f.Put("x", want)
	f.Put("x.parquet", want)
	f.Fail(func(r *http.Request, _ int) *fakestore.Fault {
		r.Header.Del("Range")
		return nil
	})
	s := f.start(t, Options{Temporary: t.TempDir()})
	found := listAll(t, s, "s3://bucket/")
	all := found[0].Size
	for i, size := range []int64{all, all - 100, 2 * all, 50, all, all - 100, 2 * all} {
		one := found[i/4]
		one.Size = size
		file, err := one.Open(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		head := make([]byte, 512)
		if n, err := file.(io.ReaderAt).ReadAt(head, 0); n != len(head) || err != nil {
			t.Errorf("listed with %d bytes: the head has %d, %v", size, n, err)
		}
		if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, want) {
			t.Errorf("listed with %d bytes: read %d, %v", size, len(got), err)
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}
	nothingHeld(t, s)
}

// TestContentEncodingIsLeftAlone: the stored bytes are read, whatever their encoding is called.
func TestContentEncodingIsLeftAlone(t *testing.T) {
	f := &fake{}
	f.Put("x.gz", []byte("\x1f\x8b not really"))
	f.Fail(func(r *http.Request, n int) *fakestore.Fault {
		if got := r.Header.Get("Accept-Encoding"); r.Method == "GET" && r.URL.Path != "/bucket" && got != "identity" {
			return &fakestore.Fault{Status: 400, Code: "Asked-for-" + got}
		}
		return &fakestore.Fault{Header: map[string]string{"Content-Encoding": "gzip"}}
	})
	s := f.start(t, Options{})
	if got := readOne(t, listAll(t, s, "s3://bucket/")[0]); string(got) != "\x1f\x8b not really" {
		t.Errorf("%q", got)
	}
}
