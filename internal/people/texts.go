package people

import (
	"encoding/binary"
	"unsafe"
)

// textPages hold texts one after the other, each with its length before it, in pages that never move.
type textPages struct {
	pages [][]byte
}

// textPlace names a text by its page and its offset there.
type textPlace struct{ page, offset uint32 }

const textPageSize = 16 << 10

// add copies a text in and returns its place. A text longer than a page gets a page of its own size.
func (t *textPages) add(text []byte) textPlace {
	var head [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(head[:], uint64(len(text)))
	last := len(t.pages) - 1
	if last < 0 || cap(t.pages[last])-len(t.pages[last]) < n+len(text) {
		t.pages = append(t.pages, make([]byte, 0, max(textPageSize, n+len(text))))
		last++
	}
	page := t.pages[last]
	place := textPlace{uint32(last), uint32(len(page))}
	page = append(page, head[:n]...)
	t.pages[last] = append(page, text...)
	return place
}

// text returns a text as a string, in the memory it lies in, which is never written again.
func (t *textPages) text(at textPlace) string {
	b := t.bytes(at)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// bytes returns a text.
func (t *textPages) bytes(at textPlace) []byte {
	b := t.pages[at.page][at.offset:]
	size, n := binary.Uvarint(b)
	return b[n : n+int(size) : n+int(size)]
}
