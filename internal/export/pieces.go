package export

import (
	"encoding/binary"
	"sort"
)

// piecesPage is how many bytes a page of pieces has: little beside what is kept anyhow, and the walk through it is short.
const piecesPage = 16 << 10

// pieces are many short strings of bytes, by their number, in little more memory than their bytes. It grows page by page,
// so that nothing is copied and no room is left over but in the last page. The zero value is empty.
type pieces struct {
	pages []piecesOf
	count int
}

type piecesOf struct {
	first int    // number of the first piece
	bytes []byte // each piece after its length
}

// add keeps a copy of one more piece.
func (p *pieces) add(piece []byte) {
	need := binary.MaxVarintLen32 + len(piece)
	last := len(p.pages) - 1
	if last < 0 || cap(p.pages[last].bytes)-len(p.pages[last].bytes) < need {
		p.pages = append(p.pages, piecesOf{p.count, make([]byte, 0, max(piecesPage, need))})
		last++
	}
	page := &p.pages[last]
	page.bytes = append(binary.AppendUvarint(page.bytes, uint64(len(piece))), piece...)
	p.count++
}

// at returns a piece, from 0, to be read only. It may be called from many goroutines once nothing is added.
func (p *pieces) at(n int) []byte {
	page := p.pages[sort.Search(len(p.pages), func(i int) bool { return p.pages[i].first > n })-1]
	rest := page.bytes
	for number := page.first; ; number++ {
		size, start := binary.Uvarint(rest)
		end := start + int(size)
		if number == n {
			return rest[start:end]
		}
		rest = rest[end:]
	}
}
