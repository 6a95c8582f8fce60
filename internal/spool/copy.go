package spool

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"ph2cio/internal/diskspace"
	"ph2cio/internal/durable"
	"ph2cio/internal/leftovers"
)

// Copied is a stream that was copied to disk, so that it can be read more than once.
type Copied struct {
	Path   string // of the copy
	Sum    string // SHA-256 of the bytes that were read, in hex
	Size   int64  // bytes read
	Disk   int64  // bytes of the copy
	Packed bool   // the copy is compressed, unlike the stream

	held *os.File // the copy, open and locked, so that no other run removes it
}

// Keep makes the copy stay for somebody who may want to read it later: no run removes it for being a leftover,
// and it survives a power loss.
func (c *Copied) Keep() error {
	return errors.Join(durable.Content(c.Path), os.Chmod(c.Path, keptMode), c.held.Close(), durable.Names(filepath.Dir(c.Path)))
}

// Remove deletes the copy. It is no error if the file does not exist.
func (c *Copied) Remove() error {
	_ = c.held.Close() // nothing was written
	if err := os.Remove(c.Path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing the copy of standard input: %w", err)
	}
	return nil
}

// NoSpace is the error that a disk has not enough room for a copy.
type NoSpace struct {
	Dir        string
	Need, Free int64 // bytes; Need is an estimate, or 0 if the disk became full
}

func (e *NoSpace) Error() string {
	if e.Need == 0 {
		return fmt.Sprintf("the disk of %s is full", e.Dir)
	}
	return fmt.Sprintf("the copy needs about %d MB, but the disk of %s has only %d MB free", e.Need>>20, e.Dir, e.Free>>20)
}

// leastRatio is a compression ratio that zstd at its fastest reaches with any export; usually it is six or
// more.
const leastRatio = 4

// Copy reads from to its end and writes it to a new file in dir, which must exist. Only the user can read the
// file. Text is compressed with zstd; anything else, such as a compressed export, is written unchanged. The
// name of the file has the SHA-256 of the stream and a random part, so that no other run uses it. It is
// locked until Keep or Remove is called. size is the expected size in bytes, for comparing it with the free
// disk, or 0 if unknown. Copy calls seen now and then with the number of bytes that have been read.
//
// After an error or a cancellation no file remains. The error is a *NoSpace if the disk is too small. After a
// cancellation Copy does not wait for a Read that blocks. Copy also removes copies of the same stream in dir
// whose processes were killed.
func Copy(ctx context.Context, dir string, from io.Reader, size int64, seen func(int64)) (*Copied, error) {
	in := bufio.NewReaderSize(from, 1<<20)
	text, err := isText(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := enough(dir, size, text); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(dir, prefix+"*"+unfinished) // 0600, and never through a link
	if err != nil {
		return nil, err
	}
	leftovers.Lock(file)
	c := &Copied{}
	err = c.fill(ctx, file, in, text, seen)
	if err == nil {
		own := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file.Name()), prefix), unfinished)
		c.Path = filepath.Join(dir, prefix+c.Sum[:sumDigits]+"-"+own)
		c.held, err = renameOpen(file, c.Path)
	}
	if err != nil {
		if diskspace.IsFull(err) {
			err = &NoSpace{Dir: dir}
		}
		return nil, errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	removeSame(c.Path)
	return c, nil
}

const (
	prefix     = "ph2cio-stdin-"
	unfinished = ".part"
	sumDigits  = 32    // of the SHA-256, in the name of a copy
	keptMode   = 0o400 // of a copy that stays for somebody
)

// headSize is how many bytes of a stream are examined to distinguish text from binary data.
const headSize = 4 << 10

func isText(ctx context.Context, in *bufio.Reader) (bool, error) {
	type answer struct {
		head []byte
		err  error
	}
	peeked := make(chan answer, 1)
	go func() {
		head, err := in.Peek(headSize)
		peeked <- answer{head, err}
	}()
	select {
	case <-ctx.Done():
		return false, context.Cause(ctx)
	case a := <-peeked:
		if a.err != nil && a.err != io.EOF {
			return false, a.err
		}
		return textual(a.head), nil
	}
}

// textual reports whether bytes are the beginning of UTF-8 text, without control characters but white space.
func textual(head []byte) bool {
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n == 1 {
			return !utf8.FullRune(head) // cut off within a character
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		head = head[n:]
	}
	return true
}

// enough returns an error if a stream of this size does not fit on the disk.
func enough(dir string, size int64, text bool) error {
	if text {
		size /= leastRatio
	}
	if free, known := diskspace.Free(dir); known && size > free {
		return &NoSpace{Dir: dir, Need: size, Free: free}
	}
	return nil
}

// fill writes the stream.
func (c *Copied) fill(ctx context.Context, file *os.File, in io.Reader, text bool, seen func(int64)) error {
	var out io.WriteCloser = keepOpen{file}
	if text {
		packer, err := zstd.NewWriter(file, zstd.WithEncoderLevel(zstd.SpeedFastest))
		if err != nil {
			return err
		}
		out, c.Packed = packer, true
	}
	sum := sha256.New()
	for piece := range pieces(ctx, in) {
		if piece.err != nil {
			return errors.Join(piece.err, out.Close())
		}
		sum.Write(piece.data)
		if _, err := out.Write(piece.data); err != nil {
			return errors.Join(err, out.Close())
		}
		c.Size += int64(len(piece.data))
		seen(c.Size)
	}
	if err := out.Close(); err != nil {
		return err
	}
	c.Sum = hex.EncodeToString(sum.Sum(nil))
	info, err := file.Stat()
	if err != nil {
		return err
	}
	c.Disk = info.Size()
	return nil
}

type keepOpen struct{ io.Writer }

func (keepOpen) Close() error { return nil }
