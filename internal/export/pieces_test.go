package export

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestPiecesAreThoseThatWereAdded(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var kept pieces
		var want [][]byte
		for range rapid.IntRange(0, 100).Draw(r, "pieces") {
			size := rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(piecesPage-10, piecesPage+10)).Draw(r, "size")
			piece := bytes.Repeat([]byte{byte(len(want))}, size)
			kept.add(piece)
			want = append(want, bytes.Clone(piece))
			clear(piece)
		}
		if kept.count != len(want) {
			r.Fatalf("%d pieces, want %d", kept.count, len(want))
		}
		for n := range want {
			if got := kept.at(n); !bytes.Equal(got, want[n]) {
				r.Fatalf("piece %d is %d bytes of %v, want %d", n, len(got), got[:min(3, len(got))], len(want[n]))
			}
		}
	})
}

// The second reading's notes on a chunk take about a bit a row, and nothing is kept of the room they needed on the way.
func TestPiecesTakeLittleMoreThanTheirBytes(t *testing.T) {
	var kept pieces
	const size, many = 85, 10_000
	for range many {
		kept.add(make([]byte, size))
	}
	room := 0
	for _, page := range kept.pages {
		room += cap(page.bytes)
	}
	if room > many*(size+2) {
		t.Errorf("%d bytes for %d pieces of %d", room, many, size)
	}
}
