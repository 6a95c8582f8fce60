package posthog

import (
	"sync"
	"sync/atomic"

	"ph2cio/internal/rawjson"
)

// A source is read in windows, at multiples of this many decompressed bytes from its start. A chunk ends with
// the last row that ends in its window. So its limits depend only on the bytes of the source, and both passes
// have the same chunks.
const windowSize = 1 << 20

// headroom is the room in a buffer before its window. The beginning of a row from the previous window fits
// there, so that the window need not be moved.
const headroom = 64 << 10

// A buffer holds one window, with headroom before it and a guard after it. It is reused when all who share it
// have released it.
type buffer struct {
	bytes []byte
	users atomic.Int32
}

// spare holds buffers for reuse, as many as two readers and a few decoders need. The last one returned is the
// first to be taken, since it may still be in a core's cache. A sync.Pool would lose them with each garbage
// collection, and new ones cost page faults.
var spare struct {
	sync.Mutex
	buffers []*buffer
	arena   *arena // the memory of new buffers
}

const bufferSize = headroom + windowSize + rawjson.Guard

func takeBuffer() *buffer {
	spare.Lock()
	defer spare.Unlock()
	var b *buffer
	if last := len(spare.buffers) - 1; last < 0 {
		if spare.arena == nil || len(spare.arena.left()) < bufferSize {
			spare.arena = takeArena(arenaSize)
		}
		b = &buffer{bytes: spare.arena.use(bufferSize)}
	} else {
		b = spare.buffers[last]
		spare.buffers = spare.buffers[:last]
	}
	b.users.Store(1)
	return b
}

// share adds a user, who must release the buffer.
func (b *buffer) share() *buffer {
	b.users.Add(1)
	return b
}

func (b *buffer) window(size int) []byte { return b.bytes[headroom : headroom+size] }

// release may be called on nil.
func (b *buffer) release() {
	if b == nil || b.users.Add(-1) > 0 {
		return
	}
	spare.Lock()
	defer spare.Unlock()
	spare.buffers = append(spare.buffers, b)
}

// block is one window of a source's bytes. The last block of a source has no buffer; its err says how the
// source ended, nil for its regular end. A cancelled pump closes its channel without a last block.
type block struct {
	buffer  *buffer
	at      int // where in its window the bytes begin
	size    int
	end     int64        // decompressed bytes up to and including this block
	used    int64        // bytes of the file that were read for that
	whole   bool         // the source ends here
	gap     *SourceError // damage: text is missing after this block
	err     *SourceError
	patched bool // the source has been read to its end in spite of err
}

func (b *block) bytes() []byte { return b.buffer.window(b.at + b.size)[b.at:] }
