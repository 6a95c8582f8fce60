package transfer

import "ph2cio/internal/posthog"

// Observer counts what the first pass reads, for a command that shows what is in the sources.
type Observer interface {
	// Share returns an empty share for one chunk. Several goroutines may call it at once.
	Share() Share
	// Add adds the share that has counted a chunk's rows. Share may return it again afterwards. One goroutine
	// calls it, for one chunk after another in reading order.
	Add(chunk ObservedChunk, counted Share)
	// Reset drops everything that was added: the sources are read again from the start, because some rows
	// were damaged or misread.
	Reset()
}

// Share counts the rows of one chunk, on one goroutine.
type Share interface {
	// Event counts an event of a team that is not skipped. The event is valid until Event returns.
	Event(event *posthog.Event)
	// Bad counts a row that is no event.
	Bad()
}

// ObservedChunk describes a chunk to an Observer.
type ObservedChunk struct {
	Source int    // index in Input.Sources
	Shape  string // what kind of file the source is
	Codec  string // what it is compressed with; empty if it is not compressed
	Rows   int64  // all rows of the chunk, also those that are not given to a share
}
