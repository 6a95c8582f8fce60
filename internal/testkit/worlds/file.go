package worlds

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

// form is how a file is compressed.
type form int

const (
	plain form = iota
	gzipped
	gzippedRows // as PostHog writes it: a member for each row
	zstandard
	forms
)

// file is one file of the directory.
type file struct {
	name    string
	form    form
	rows    []*row
	damaged bool
	read    bool // a sync that came to its end has read all that is in it
}

// ending is what the names of files of a form end with.
func (f form) ending() string {
	return map[form]string{plain: "", gzipped: ".gz", gzippedRows: ".gz", zstandard: ".zst"}[f]
}

func (w *World) newName(f form) string {
	w.named++
	return fmt.Sprintf("%c%03d.jsonl%s", 'a'+rune(w.random.IntN(4)), w.named, f.ending())
}

// bytes is the file as it stands on the disk when nothing is wrong with it.
func (w *World) bytes(f *file) []byte {
	var lines []string
	for _, r := range f.rows {
		lines = append(lines, r.line())
	}
	if len(lines) > 0 && w.chance(15) {
		lines[len(lines)-1] = strings.TrimSuffix(lines[len(lines)-1], "\n")
	}
	switch f.form {
	case gzipped:
		return gzipOf(strings.Join(lines, ""))
	case gzippedRows:
		var all []byte
		for _, line := range lines {
			all = append(all, gzipOf(line)...)
		}
		return all
	case zstandard:
		encoder, err := zstd.NewWriter(nil)
		if err != nil {
			panic(err)
		}
		return encoder.EncodeAll([]byte(strings.Join(lines, "")), nil)
	}
	return []byte(strings.Join(lines, ""))
}

func gzipOf(text string) []byte {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write([]byte(text)); err != nil {
		panic(err)
	}
	if err := writer.Close(); err != nil {
		panic(err)
	}
	return packed.Bytes()
}

// write puts a file on the disk, whole or damaged. No two files that were ever written have one
// modification time.
func (w *World) write(f *file) {
	text := w.bytes(f)
	if f.damaged {
		at := w.random.IntN(max(1, len(text)))
		if f.form == plain || w.chance(60) || len(text) < 20 {
			text = text[:at]
		} else {
			text[10+at%(len(text)-10)] ^= 0x55
		}
	}
	w.writeText(f.name, text)
	w.remember(f)
}

// remember notes what a file has by its present name.
func (w *World) remember(f *file) {
	if w.everIn[f.name] == nil {
		w.everIn[f.name] = map[int]bool{}
	}
	for _, r := range f.rows {
		w.everIn[f.name][r.number] = true
	}
}

func (w *World) writeText(name string, text []byte) {
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		panic(err)
	}
	w.writes++
	at := w.today.Add(-48*time.Hour + time.Duration(w.writes)*time.Second)
	if w.chance(30) {
		at = w.today.Add(-30*time.Minute + time.Duration(w.writes)*time.Millisecond)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		panic(err)
	}
}

func (w *World) remove(f *file) {
	if err := os.Remove(filepath.Join(w.dir, f.name)); err != nil {
		panic(err)
	}
}
