package transfer

import "ph2cio/internal/posthog"

// Observer counts what the first pass reads, for a command that shows what is in the sources.
type Observer interface {
	// Share returns what counts the rows of one chunk. Several goroutines may call it at once.
	Share() Share
	// Add takes the share that has counted a chunk's rows, and may hand it out again afterwards. It is called
	// from one goroutine, chunk after chunk in reading order.
	Add(chunk ObservedChunk, counted Share)
	// Reset forgets everything that was added: the reading starts again, because some of its rows were
	// damaged or misread.
	Reset()
}

// Share counts the rows of one chunk, on one goroutine.
type Share interface {
	// Event takes a row of a team that is not skipped. The event is valid until Event returns.
	Event(event *posthog.Event)
	// Bad takes a row that is no event.
	Bad()
}

// ObservedChunk is what an Observer is told of a chunk.
type ObservedChunk struct {
	Source int    // index in Input.Sources
	Shape  string // what kind of file the source is
	Codec  string // what it is compressed with; empty for nothing
	Rows   int64  // in the chunk, those that no share counts among them
}
