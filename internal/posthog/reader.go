package posthog

import (
	"context"
	"fmt"
	"iter"
)

// Source is one file of an export.
type Source struct {
	Path string
	Size int64 // bytes on disk when it was found
}

// Options are how to read. The zero value is the default of everything.
type Options struct {
	MaxRow int // bytes in one row; 0 is 32 MiB
}

// RowError is one bad row. Reading goes on after it.
type RowError struct {
	Path   string
	Ref    uint64 // the row's number in reading order over all sources, from 0
	Line   int64  // the line on which it starts, from 1
	Reason string // a short code for counting, such as not_json
	Detail string // what exactly is wrong, for a person
	Row    []byte // the row's first bytes, at most 4 KiB; borrowed like an Event's
}

func (e *RowError) Error() string {
	return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Detail)
}

// SourceError is trouble with one whole source. Reading goes on with the next source.
type SourceError struct {
	Path string
	Kind SourceTrouble
	Err  error
	Hint string // what to do about it; may be empty
}

func (e *SourceError) Error() string { return fmt.Sprintf("read %s: %v", e.Path, e.Err) }
func (e *SourceError) Unwrap() error { return e.Err }

// SourceTrouble says what kind of trouble a source is in.
type SourceTrouble uint8

const (
	Damaged SourceTrouble = iota // what was good in it has been read
	Gone                         // it cannot be opened or read
	Refused                      // it is not a file of PostHog events
	Changed                      // it is not what it was in the first reading
)

// Chunk is about 1 MiB of whole rows of one source, not yet decoded. Chunks are independent: they may be decoded on
// different goroutines at once.
type Chunk struct {
	Number int    // in reading order over all sources, from 0
	Source int    // index into the sources read
	Ref    uint64 // of its first row
	Line   int64  // of its first row, from 1
	Bytes  int64  // bytes read from disk up to and including this chunk, over all sources; for progress
	// ... private fields
}

// Verdict is what the first reading learnt of one chunk, so that the second need not check it again.
type Verdict struct {
	Sum  uint64   // of the chunk's bytes, under a seed that lasts as long as the process
	Bad  []uint32 // rows of the chunk, by number from 0, that are not valid
	Rows uint32
}

// Read yields the chunks of all sources in order. A *SourceError is yielded in its place and reading goes on; any
// other error, a cancelled context among them, is the last thing yielded.
func Read(ctx context.Context, sources []Source, options Options) iter.Seq2[*Chunk, error] {
	panic("not yet")
}

// Events decodes the chunk's rows in order. A bad row comes as a *RowError in place of an event. The event and the
// error are reused for the next row.
func (c *Chunk) Events() iter.Seq2[*Event, *RowError] { panic("not yet") }

// Verdict returns what Events found. It is meaningful after Events ran to its end.
func (c *Chunk) Verdict() Verdict { panic("not yet") }

// Trust lets Events rely on an earlier reading's verdict instead of checking each row's validity again. It returns an
// error, a *SourceError of kind Changed, when the chunk's bytes are not those of that reading.
func (c *Chunk) Trust(v Verdict) error { panic("not yet") }

// Release gives the chunk's memory back. Nothing borrowed from the chunk may be used afterwards.
func (c *Chunk) Release() {}

// Find turns files, directories and globs into the sources to read, sorted by path within each argument, each file
// once.
func Find(args []string) ([]Source, error) { panic("not yet") }
