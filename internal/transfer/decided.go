package transfer

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"os"
	"slices"

	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/spool"
	"ph2cio/internal/transfer/deliver"
)

// decided are the rows of one chunk that are skipped whoever their people are, such as noise. The first pass
// finds them; the second counts them and decodes only the others.
type decided struct {
	sum     uint64          // posthog.Chunk.Sum
	rows    parallel.Bitset // by number in the chunk, from 0
	skipped []decidedRows
}

type decidedRows struct {
	reason string
	rows   int64
}

// seal completes it with the sum of all rows of the chunk.
func (d *decided) seal(sum uint64) { d.sum = sum }

// add notes the outcome of a row, by its number in the chunk, if it is skipped, and reports whether it is. Rows
// that are held because they are recent are left to the second pass, which saves that they wait.
func (d *decided) add(number uint64, o mapping.Outcome) bool {
	if o.Bucket != mapping.Skipped || o.Reason == mapping.ReasonRecent {
		return false
	}
	d.rows.Add(number)
	for i := range d.skipped {
		if d.skipped[i].reason == o.Reason {
			d.skipped[i].rows++
			return true
		}
	}
	d.skipped = append(d.skipped, decidedRows{o.Reason, 1})
	return true
}

// count adds the rows to the counts, as skipped.
func (d *decided) count(c *deliver.RowCounts) {
	for _, s := range d.skipped {
		c.Skip(s.reason, s.rows)
	}
}

// decisions store what is decided about all chunks, with one bit for each row. A chunk is about a megabyte,
// so a large export has many; most of them are on disk.
type decisions struct {
	space   *spool.Space
	log     *spool.Log    // for each chunk: its sum, how many reasons, the index and rows of each reason, the bits
	chunks  []spool.Place // of each chunk
	reasons []string
	scratch []byte
}

// decidedHeld is how many bytes of decisions stay in memory, enough for most of a gigabyte of export.
const decidedHeld = 64 << 10

// newDecisions stores decisions in a directory, or in the temporary one if it is empty.
func newDecisions(dir string) decisions {
	space := spool.NewSpace(cmp.Or(dir, os.TempDir()), decidedHeld)
	return decisions{space: space, log: space.NewLog()}
}

// add stores what is decided about the next chunk.
func (all *decisions) add(d *decided) {
	b := binary.LittleEndian.AppendUint64(all.scratch[:0], d.sum)
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
	all.scratch = b
	all.chunks = append(all.chunks, all.log.Append(bytes.TrimRight(b, "\x00")))
}

// of returns what is decided about a chunk, by its number. seen is false if the first pass did not see the
// chunk. An error is trouble with the disk.
func (all *decisions) of(chunk int, r *spool.Reader) (d decided, seen bool, err error) {
	if chunk >= len(all.chunks) {
		return d, false, nil
	}
	b, err := r.At(all.log, all.chunks[chunk])
	if err != nil {
		return d, true, err
	}
	next := func() uint64 {
		value, n := binary.Uvarint(b)
		b = b[n:]
		return value
	}
	d.sum = word(b)
	b = b[min(8, len(b)):]
	for range next() {
		reason := all.reasons[next()]
		d.skipped = append(d.skipped, decidedRows{reason, int64(next())})
	}
	for ; len(b) > 0; b = b[min(8, len(b)):] {
		d.rows = append(d.rows, word(b))
	}
	return d, true, nil
}

// word decodes a number whose last bytes may be missing because they are zero.
func word(b []byte) uint64 {
	var whole [8]byte
	copy(whole[:], b)
	return binary.LittleEndian.Uint64(whole[:])
}
