package spool

import (
	"cmp"
	"encoding/binary"
	"iter"
	"slices"

	"github.com/klauspost/compress/s2"
)

// Log is a sequence of byte entries that are written once and read in the same order. Its blocks stay in
// memory while its space has room, and later ones are written to disk, compressed. Space.NewLog makes one. It
// may be used by one goroutine at a time; once nothing is appended any more, many may read it.
type Log struct {
	space  *Space
	open   []byte // the block that is being filled
	blocks []block
	count  int64
}

// block is a full part of a log: text in memory, or compressed bytes on disk.
type block struct {
	text []byte
	at   int64
	size int32 // on disk
	full int32 // in memory
}

// blockSize is the smallest size of a block, except the last.
const blockSize = 32 << 10

// NewLog returns an empty log.
func (s *Space) NewLog() *Log { return &Log{space: s} }

// Append writes an entry, the concatenation of parts, and returns its place for Reader.At. Errors of the disk
// are in Space.Err.
func (l *Log) Append(parts ...[]byte) Place {
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	place := Place{uint32(len(l.blocks)), uint32(len(l.open))}
	l.open = binary.AppendUvarint(l.open, uint64(size))
	for _, part := range parts {
		l.open = append(l.open, part...)
	}
	l.count++
	if len(l.open) >= cmp.Or(l.space.Block, blockSize) {
		l.flush()
	}
	return place
}

// Len returns how many entries there are.
func (l *Log) Len() int64 { return l.count }

// InMemory reports whether all of it is in memory, so that reading it cannot fail.
func (l *Log) InMemory() bool {
	return !slices.ContainsFunc(l.blocks, func(b block) bool { return b.text == nil })
}

// flush closes the open block.
func (l *Log) flush() {
	b := block{full: int32(len(l.open))}
	if l.space.hold(int64(cap(l.open))) {
		b.text, l.open = l.open, make([]byte, 0, len(l.open)/8)
		l.blocks = append(l.blocks, b)
		return
	}
	packed := s2.Encode(takeScratch(s2.MaxEncodedLen(len(l.open))), l.open)
	b.size = int32(len(packed))
	b.at = l.space.write(packed)
	giveScratch(packed)
	l.open = l.open[:0]
	l.blocks = append(l.blocks, b)
}

// Drop empties the log and returns its memory to the space. Its blocks on disk stay there until the space is
// closed.
func (l *Log) Drop() {
	for i := range l.blocks {
		l.space.held.Add(-int64(cap(l.blocks[i].text)))
	}
	*l = Log{space: l.space}
}

// All yields the entries in order, each valid until the next. An error is the last thing yielded.
func (l *Log) All() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var r Reader
		for i := range len(l.blocks) + 1 {
			text, err := r.block(l, uint32(i))
			if err != nil {
				yield(nil, err)
				return
			}
			for len(text) > 0 {
				entry, rest := cutEntry(text)
				if !yield(entry, nil) {
					return
				}
				text = rest
			}
		}
	}
}

// cutEntry takes the first entry off a block.
func cutEntry(text []byte) (entry, rest []byte) {
	size, n := binary.Uvarint(text)
	text = text[n:]
	return text[:size:size], text[size:]
}

// Place says where in a log an entry is.
type Place struct{ block, offset uint32 }

// Reader reads entries by their places. The zero value is ready to use. It caches the block that it read
// last, so that reading in order is fast. It may be used by one goroutine at a time.
type Reader struct {
	log    *Log
	number uint32
	text   []byte // of that block, unpacked
	packed []byte
}

// At returns an entry, valid until the next call.
func (r *Reader) At(l *Log, p Place) ([]byte, error) {
	text, err := r.block(l, p.block)
	if err != nil {
		return nil, err
	}
	entry, _ := cutEntry(text[p.offset:])
	return entry, nil
}

// block returns a block's text. The one after the last is the open block.
func (r *Reader) block(l *Log, number uint32) ([]byte, error) {
	if int(number) == len(l.blocks) {
		return l.open, nil
	}
	b := &l.blocks[number]
	if b.text != nil {
		return b.text, nil
	}
	if r.log == l && r.number == number && len(r.text) > 0 {
		return r.text, nil
	}
	r.log = nil
	if cap(r.packed) < int(b.size) {
		r.packed = make([]byte, b.size+b.size/4)
	}
	packed := r.packed[:b.size]
	if err := l.space.read(packed, b.at); err != nil {
		return nil, err
	}
	if cap(r.text) < int(b.full) {
		r.text = make([]byte, 0, b.full+b.full/4)
	}
	text, err := s2.Decode(r.text[:cap(r.text)], packed)
	if err != nil {
		return nil, l.space.fail(err)
	}
	r.log, r.number, r.text = l, number, text
	return text, nil
}
