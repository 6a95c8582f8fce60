package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// ledger measures the cost of the state: rows that come again are found, and what was sent is on disk before
// the next rows are.
func (b *bench) ledger() error {
	rows, err := b.mixed()
	if err != nil {
		return err
	}
	twice, err := b.twice(rows)
	if err != nil {
		return err
	}
	defer os.Remove(twice)
	err = b.race("duplicates: every row comes twice", []contender{
		{"json.Valid on each line, one core", b.child("json-valid", twice, "GOMAXPROCS=1"), limit{}},
		{"preview", b.preview(twice, "--limit", "0"), atMost(0.75)},
	})
	if err != nil {
		return err
	}
	return b.onDisk(rows)
}

// onDisk compares a state on the disk of the rows with one in memory, as far as there is a disk in memory.
func (b *bench) onDisk(rows string) error {
	memory, err := os.MkdirTemp("/dev/shm", "ph2cio-bench-")
	if err != nil {
		b.table.note("no disk in memory at /dev/shm: the state is not compared")
		return nil
	}
	defer os.RemoveAll(memory)
	to, err := b.startServer(0)
	if err != nil {
		return err
	}
	defer to.stop()
	onDisk := b.backfill(to, rows, 1000, "--batch-items", "0")
	inMemory := onDisk.withState(filepath.Join(memory, "state"))
	// The target is a speed of 0.9 at least.
	return b.race("ledger", []contender{
		{"backfill, its state on a disk in memory", inMemory, limit{}},
		{"backfill, its state on the disk of the rows", onDisk, atMost(1 / 0.9)},
	})
}

// twice writes a file that holds what another does two times over.
func (b *bench) twice(rows string) (path string, err error) {
	path = filepath.Join(b.tmp, "twice.jsonl")
	out, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	for range 2 {
		in, err := os.Open(rows)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(&interruptible{b, out}, in)
		if err := errors.Join(err, in.Close()); err != nil {
			return "", fmt.Errorf("write rows twice: %w", err)
		}
	}
	return path, nil
}
