package spool

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/klauspost/compress/zstd"

	"ph2cio/internal/diskspace"
)

func copyOf(t *testing.T, dir string, text []byte) *Copied {
	t.Helper()
	c, err := Copy(t.Context(), dir, bytes.NewReader(text), 0, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func left(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestTextIsKeptCompressed(t *testing.T) {
	text := bytes.Repeat([]byte(`{"event":"é","distinct_id":"u"}`+"\n"), 100_000)
	c := copyOf(t, t.TempDir(), text)
	packed, err := os.ReadFile(c.Path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := z.DecodeAll(packed, nil)
	if err != nil || !bytes.Equal(got, text) {
		t.Fatalf("%d bytes come back from %d, %v", len(got), len(text), err)
	}
	sum := sha256.Sum256(text)
	if c.Sum != hex.EncodeToString(sum[:]) || c.Size != int64(len(text)) || c.Disk != int64(len(packed)) || c.Disk > c.Size/leastRatio {
		t.Errorf("%+v for %d bytes of text", c, len(text))
	}
	if !strings.Contains(c.Path, c.Sum[:32]) {
		t.Errorf("%s is not named by its sum", c.Path)
	}
}

func TestOtherThingsAreKeptAsTheyAre(t *testing.T) {
	random := make([]byte, 3<<20)
	rand.Read(random)
	for name, text := range map[string][]byte{"gzip": append([]byte("\x1f\x8b\x08"), random...), "zeros": make([]byte, 10), "random": random} {
		c := copyOf(t, t.TempDir(), text)
		if got, err := os.ReadFile(c.Path); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: not the same, %v", name, err)
		}
	}
}

func TestNothingMakesAnEmptyCopy(t *testing.T) {
	c := copyOf(t, t.TempDir(), nil)
	if c.Size != 0 {
		t.Errorf("%+v", c)
	}
}

func TestNobodyElseMayReadTheCopy(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	info, err := os.Stat(copyOf(t, t.TempDir(), []byte("x")).Path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// Two runs may read the same stream; each removes its own copy.
func TestTheSameStreamHasACopyEach(t *testing.T) {
	dir := t.TempDir()
	one, two := copyOf(t, dir, []byte("same")), copyOf(t, dir, []byte("same"))
	if one.Path == two.Path || one.Sum != two.Sum || len(left(t, dir)) != 2 {
		t.Errorf("%s and %s, %v", one.Path, two.Path, left(t, dir))
	}
	if err := one.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(two.Path); err != nil {
		t.Error(err)
	}
	if err := errors.Join(one.Remove(), two.Remove()); err != nil || len(left(t, dir)) != 0 {
		t.Errorf("%v, %v", err, left(t, dir))
	}
}

// blocked is a reader that never answers.
type blocked struct{ done chan struct{} }

func (b blocked) Read([]byte) (int, error) { <-b.done; return 0, io.EOF }

func TestNothingIsLeftAfterTrouble(t *testing.T) {
	broken := errors.New("broken")
	for name, from := range map[string]io.Reader{
		"at once": iotest.ErrReader(broken),
		"later":   io.MultiReader(strings.NewReader(strings.Repeat("x", 5<<20)), iotest.ErrReader(broken)),
	} {
		dir := t.TempDir()
		if _, err := Copy(t.Context(), dir, from, 0, func(int64) {}); !errors.Is(err, broken) || len(left(t, dir)) > 0 {
			t.Errorf("%s: %v, left %v", name, err, left(t, dir))
		}
	}
}

func TestNothingIsLeftAfterACancellation(t *testing.T) {
	enough := errors.New("enough")
	never := blocked{make(chan struct{})}
	defer close(never.done)
	for name, from := range map[string]io.Reader{
		"before anything came": never,
		"within the stream":    io.MultiReader(strings.NewReader(strings.Repeat("x", 5<<20)), never),
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(50*time.Millisecond, func() { cancel(enough) })
		dir := t.TempDir()
		if _, err := Copy(ctx, dir, from, 0, func(int64) {}); !errors.Is(err, enough) || len(left(t, dir)) > 0 {
			t.Errorf("%s: %v, left %v", name, err, left(t, dir))
		}
	}
}

func TestADiskThatIsTooSmallIsRefusedFirst(t *testing.T) {
	dir := t.TempDir()
	free, known := diskspace.Free(dir)
	if !known {
		t.Skip("this system does not tell")
	}
	_, err := Copy(t.Context(), dir, strings.NewReader("text"), (free+1<<30)*leastRatio, func(int64) {})
	if e, ok := errors.AsType[*NoSpace](err); !ok || e.Need < free || !strings.Contains(e.Error(), dir) {
		t.Errorf("%v", err)
	}
	if len(left(t, dir)) > 0 {
		t.Errorf("left %v", left(t, dir))
	}
}

func TestADirectoryThatIsNotThere(t *testing.T) {
	if _, err := Copy(t.Context(), filepath.Join(t.TempDir(), "no"), strings.NewReader("x"), 0, func(int64) {}); err == nil {
		t.Error("no error")
	}
}

func TestTextual(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "{\"a\":1}\r\n\t": true, "é": true, "é"[:1]: true, "a\x00": false, "\xff\xfe": false, "\x1b": false,
	} {
		if got := textual([]byte(text)); got != want {
			t.Errorf("textual(%q) = %v", text, got)
		}
	}
}
