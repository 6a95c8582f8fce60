package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"ph2cio/internal/testkit/synthetic"
)

// rowBytes is about what a synthetic row takes.
const rowBytes = 1750

// mixed is the file that most sections read: as many megabytes as asked for, one row in a hundred not valid.
func (b *bench) mixed() (string, error) {
	if b.rows != "" {
		return b.rows, nil
	}
	rows := int64(b.megabytes) * 1_000_000 / rowBytes * 11 / 10
	people := rows / 35 // then a third of them have rows as a visitor before an $identify makes them known
	path, size, err := b.write("rows.jsonl", synthetic.Options{Rows: rows, People: people, Seed: 1, Invalid: 1}, plain)
	if err != nil {
		return "", err
	}
	b.table.note(fmt.Sprintf("%d rows of %d people, %.0f MB, 1 %% of them not valid", rows, people, float64(size)/1e6))
	b.rows = path
	return path, nil
}

// write makes a file of rows. compress stands between the rows and the file; each row is one Write to it.
func (b *bench) write(name string, o synthetic.Options, compress func(io.Writer) io.WriteCloser) (path string, size int64, err error) {
	path = filepath.Join(b.tmp, name)
	f, err := os.Create(path)
	if err != nil {
		return "", 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	buffer := bufio.NewWriterSize(f, 1<<20)
	out := compress(buffer)
	written, err := synthetic.Write(&interruptible{b, out}, o)
	err = errors.Join(err, out.Close(), buffer.Flush())
	return path, written.Bytes, err
}

// interruptible stops writing when the run is interrupted.
type interruptible struct {
	b   *bench
	out io.Writer
}

func (i *interruptible) Write(p []byte) (int, error) {
	if err := i.b.ctx.Err(); err != nil {
		return 0, err
	}
	return i.out.Write(p)
}

// plain compresses nothing.
func plain(w io.Writer) io.WriteCloser { return nopCloser{w} }

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// parts writes rows to files of some size, each of them compressed for itself. Each row is one Write.
type parts struct {
	name     string // of the files, with a verb for their numbers
	size     int    // of the text in a file; a whole row may exceed it
	compress func(io.Writer) io.WriteCloser

	n    int // files so far
	file *os.File
	text io.WriteCloser
	left int // bytes until the next file
}

func (p *parts) Write(row []byte) (int, error) {
	if len(row) == 0 {
		return 0, nil
	}
	if p.file == nil {
		var err error
		if p.file, err = os.Create(fmt.Sprintf(p.name, p.n)); err != nil {
			return 0, err
		}
		p.n, p.left, p.text = p.n+1, p.size, p.compress(p.file)
	}
	n, err := p.text.Write(row)
	if p.left -= n; p.left <= 0 && err == nil {
		err = p.Close()
	}
	return n, err
}

// Close ends the last file.
func (p *parts) Close() error {
	if p.file == nil {
		return nil
	}
	err := errors.Join(p.text.Close(), p.file.Close())
	p.file = nil
	return err
}
