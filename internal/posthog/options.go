package posthog

import "time"

// Options are how to read. The zero value is the default of everything.
type Options struct {
	MaxRow int // bytes in one row; 0 is 32 MiB

	// Until makes a second reading stop where the first stopped: Until[i] is the Chunk.End of the last chunk of
	// sources[i], 0 where it had none. What has been added to a source since is not read; one that ends before, or is
	// damaged before, comes as a *SourceError of kind Changed, and one of which a read fails before as Gone; a source with 0
	// is not opened. Nil reads all sources to
	// their ends.
	Until []int64

	// AcceptDamaged reads what is known to be wrong too: text whose checksum does not match, as far as it goes.
	AcceptDamaged bool

	// WrittenSince leaves out what an uncompressed source ends with if that may be only the beginning of a row and the
	// source was modified at this time or later, so that something may be writing to it still: no newline ends it, and
	// it is a CSV row, of which nobody can tell, or does not parse. It comes as a *SourceError of kind Warning that is
	// Unended. The zero time leaves nothing out.
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
