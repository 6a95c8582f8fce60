package export

import (
	"encoding/binary"
	"slices"

	"ph2cio/internal/mapping"
)

// decided are the rows of one chunk that are skipped whoever their people are, such as noise. The second reading counts
// them and decodes the others.
type decided struct {
	rows    bitset // by number in the chunk, from 0
	skipped []decidedRows
}

type decidedRows struct {
	reason string
	rows   int64
}

// add notes row number of the chunk if its outcome is one of those.
func (d *decided) add(number uint64, o mapping.Outcome) {
	if o.Bucket != mapping.Skipped {
		return
	}
	d.rows.add(int(number))
	for i := range d.skipped {
		if d.skipped[i].reason == o.Reason {
			d.skipped[i].rows++
			return
		}
	}
	d.skipped = append(d.skipped, decidedRows{o.Reason, 1})
}

// count adds the rows to a tally.
func (d *decided) count(t *tally) {
	for _, s := range d.skipped {
		t.read += s.rows
		t.skipped[s.reason] += s.rows
	}
}

// decisions keep what is decided about each chunk, in little room: there are as many chunks as there are megabytes.
type decisions struct {
	chunks  []string // for each, how many reasons; for each of those, its index and its rows; then the words of bits
	reasons []string
}

// add keeps what is decided about the next chunk.
func (all *decisions) add(d *decided) {
	var b []byte
	b = binary.AppendUvarint(b, uint64(len(d.skipped)))
	for _, s := range d.skipped {
		reason := slices.Index(all.reasons, s.reason)
		if reason < 0 {
			reason = len(all.reasons)
			all.reasons = append(all.reasons, s.reason)
		}
		b = binary.AppendUvarint(b, uint64(reason))
		b = binary.AppendUvarint(b, uint64(s.rows))
	}
	for _, word := range d.rows {
		b = binary.LittleEndian.AppendUint64(b, word)
	}
	all.chunks = append(all.chunks, string(b))
}

// of returns what is decided about a chunk, by its number.
func (all *decisions) of(chunk int) (d decided) {
	b := []byte(all.chunks[chunk])
	next := func() uint64 {
		value, n := binary.Uvarint(b)
		b = b[n:]
		return value
	}
	for range next() {
		reason := all.reasons[next()]
		d.skipped = append(d.skipped, decidedRows{reason, int64(next())})
	}
	for ; len(b) > 0; b = b[8:] {
		d.rows = append(d.rows, binary.LittleEndian.Uint64(b))
	}
	return d
}
