package posthog

import (
	"slices"

	"github.com/klauspost/compress/s2"

	"ph2cio/internal/rawjson"
)

// chunkText is the text of a chunk's rows and the memory that it takes: as it was read, or packed.
type chunkText struct {
	data    []byte // the rows
	guarded []byte // the rows and a guard
	unended bool   // no newline ends the last row, which is the last of the source

	buffer *buffer // the memory of data, if it is to be reused
	arena  *arena  // or the memory is in this

	packed []byte // the compressed rows, instead of all these but the arena
	size   int    // how many bytes packed has uncompressed
	again  bool   // the rows have been unpacked; those that need no decoding may be missing
}

// setMemory makes memory, which already holds the rows and room for a guard, the memory of the rows.
func (t *chunkText) setMemory(memory []byte) {
	size := len(memory) - rawjson.Guard
	t.data, t.guarded = memory[:size], memory
	if t.unended {
		memory[size] = '\n'
	}
}

// guard puts a guard after the rows, if there is none.
func (t *chunkText) guard() {
	if t.guarded == nil {
		t.setMemory(slices.Grow(t.data, rawjson.Guard)[:len(t.data)+rawjson.Guard])
	}
}

// replace replaces the rows by shorter ones in the same memory, before they are packed.
func (t *chunkText) replace(data []byte) { t.data = data }

// pack compresses the rows into an arena, which must have room for them.
func (t *chunkText) pack(into *arena) {
	t.packed, t.size = into.use(len(s2.Encode(into.left(), t.data))), len(t.data)
	t.buffer.release()
	t.arena.release()
	t.buffer, t.arena, t.data, t.guarded = nil, into, nil, nil
	into.users.Add(1)
}

// unpack decompresses packed rows. It does nothing if they are not packed.
func (t *chunkText) unpack() {
	if t.packed == nil {
		return
	}
	var room []byte
	if t.buffer = takeBuffer(); len(t.buffer.bytes) >= t.size+rawjson.Guard {
		room = t.buffer.bytes
	} else {
		t.buffer.release()
		t.buffer, room = nil, make([]byte, t.size+rawjson.Guard)
	}
	data, err := s2.Decode(room[:t.size], t.packed)
	if err != nil {
		panic("posthog: a chunk in memory is damaged: " + err.Error()) // like any corrupt variable
	}
	t.setMemory(room[:len(data)+rawjson.Guard])
	t.arena.release()
	t.packed, t.arena, t.again = nil, nil, true
}

// release makes the memory available again.
func (t *chunkText) release() {
	t.buffer.release()
	t.arena.release()
	t.buffer, t.arena, t.data, t.guarded, t.packed = nil, nil, nil, nil, nil
}
