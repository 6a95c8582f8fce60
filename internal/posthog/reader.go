package posthog

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// Source is one file of an export.
type Source struct {
	Path string
	Size int64 // bytes on disk when it was found

	Beside bool // it was found in a directory or by a glob, and not named itself
}

// Options are how to read. The zero value is the default of everything.
type Options struct {
	MaxRow int // bytes in one row; 0 is 32 MiB

	// Until makes a second reading stop where the first stopped: Until[i] is the Chunk.End of the last chunk of
	// sources[i], 0 where it had none. What has been added to a source since is not read; one that ends before, or is
	// damaged before, comes as a *SourceError of kind Changed; a source with 0 is not opened. Nil reads all sources to
	// their ends.
	Until []int64

	// AcceptDamaged reads what is known to be wrong too: text whose checksum does not match, as far as it goes.
	AcceptDamaged bool

	// WrittenSince leaves out what an uncompressed source ends with if that may be only the beginning of a row and the source was
	// modified at this time or later, so that something may be writing to it still: no newline ends it, and it is a CSV row, of which
	// nobody can tell, or does not parse. It comes as a *SourceError of kind Warning that is Unended. The zero time leaves nothing out.
	WrittenSince time.Time

	// Known are sources that an earlier reading found damaged, as it told so, with nil for the others. Of these nothing
	// after SourceError.Sound is read; the same error comes there again. Nil knows of none.
	Known []*SourceError

	// Columns are names of fields that differ from PostHog's own. Each counts in the files that have its name.
	Columns []Column

	// Zone is where the clock stood that times without a zone were read from; nil is UTC. Of an hour that the clock
	// went through twice the first is meant; a time that it left out is read as if it had not.
	Zone *time.Location

	// Types are the types of columns of CSV, over all readings of a run. Nil types each cell by itself.
	Types *ColumnTypes

	// UserID reports whether an ID has the form of the user's own, as people.Options.UserID does; nil knows none.
	UserID func(id []byte) bool

	persons bool // persons are read, not events

	window   int   // for tests; 0 is windowSize
	bombSize int64 // for tests; 0 is that of export files
}

const defaultMaxRow = 32 << 20

// RowError is one bad row. Reading goes on after it.
type RowError struct {
	Path   string
	Ref    uint64 // the row's number in reading order over all sources, from 0
	Line   int64  // the line on which it starts, from 1
	Reason string // a short code for counting: NotJSON and its like
	Detail string // what exactly is wrong, for a person; it may quote the row's own text
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

	Persons bool // of a Refused source: it is an export of persons
	Stray   bool // of a Refused source: nothing in it is of an export, so that it is no damaged one either
	Unended bool // of a Warning: its last row was left out, see Options.WrittenSince

	// Sound is how many bytes of a Damaged source's text, from the start, are to be used, and Doubtful that chunks have
	// come with text after that: the damage was found too late. Then nothing of this reading can be relied on; read
	// again with this error in Options.Known.
	Sound    int64
	Doubtful bool
}

func (e *SourceError) Error() string { return fmt.Sprintf("reading %s: %v", e.Path, e.Err) }
func (e *SourceError) Unwrap() error { return e.Err }

// SourceTrouble says what kind of trouble a source is in.
type SourceTrouble uint8

const (
	Damaged SourceTrouble = iota // what was good has been read, up to the damage or around it
	Gone                         // it cannot be opened or read
	Refused                      // it is not a file of PostHog events
	Changed                      // it is not what it was in the first reading
	Warning                      // it has been read, but there is something to know about it
)

// Read yields the chunks of all sources in order. A *SourceError is yielded in its place and reading goes on; any
// other error, the cause of a cancelled context among them, is the last thing yielded.
//
// Files are opened, read, decompressed and cut into rows by goroutines of Read's own, a few chunks ahead of the caller.
// They have ended when the loop over the chunks has. The chunks belong to the caller, who should Release each.
func Read(ctx context.Context, sources []Source, options Options) iter.Seq2[*Chunk, error] {
	return func(yield func(*Chunk, error) bool) {
		r := newReading(ctx, sources, options, yield)
		defer r.stop()
		r.cutAll()
		if !r.stopped && ctx.Err() != nil {
			yield(nil, context.Cause(ctx))
		}
	}
}
