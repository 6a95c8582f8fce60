package posthog

import "time"

// Options are how to read. The zero value is the default of everything.
type Options struct {
	MaxRow int // bytes in one row; 0 is 32 MiB

	// Until makes the second pass stop where the first stopped: Until[i] is the Chunk.End of the last chunk
	// of sources[i], or 0 if it had none. What was added to a source later is not read. A source that ends or
	// is damaged earlier is a *SourceError of kind Changed, and one that cannot be read so far is Gone. A
	// source with 0 is not opened. Nil reads all sources to their ends.
	Until []int64

	// AcceptDamaged also uses text whose checksum does not match.
	AcceptDamaged bool

	// WrittenSince drops the last row of an uncompressed source that may be incomplete, because the source
	// was modified at this time or later and a program may still be writing to it. A row may be incomplete if
	// no newline ends it, and it does not parse or is CSV. A *SourceError of kind Warning that is Unended
	// reports it. With the zero time nothing is dropped.
	WrittenSince time.Time

	// Known are the errors of an earlier pass about damaged sources, with nil for the others. Such a source
	// is read only up to SourceError.Sound, where the same error is yielded again. Nil is no errors.
	Known []*SourceError

	// Columns are names of fields that differ from PostHog's own. Each counts in the files that have its
	// name.
	Columns []Column

	// Zone is the time zone of times without one; nil is UTC. In an hour that occurs twice when clocks are
	// put back, the first is meant. A time that does not exist when clocks are put forward is read as if they
	// had not been.
	Zone *time.Location

	// Types are the types of CSV columns, over all passes of a run. Nil types each cell by itself.
	Types *ColumnTypes

	// UserID reports whether an ID has the form of the user's own, as people.Options.UserID does; nil is
	// never.
	UserID func(id []byte) bool

	// Beginning says that the reader wants only the beginning of each source, and stops then.
	Beginning bool

	persons bool // persons are read, not events

	guesses bool // only one window of each source is wanted, whether its checksum is right or not

	window   int   // for tests; 0 is windowSize
	bombSize int64 // for tests; 0 is that of export files
}

const defaultMaxRow = 32 << 20
