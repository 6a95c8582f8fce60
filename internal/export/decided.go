package export

import "ph2cio/internal/mapping"

// decided are the rows of one chunk that are skipped whoever their people are, such as noise. The second reading counts
// them and decodes the others.
type decided struct {
	rows    []uint64 // bit n%64 of word n/64 stands for row n of the chunk
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
	for uint64(len(d.rows)) <= number/64 {
		d.rows = append(d.rows, 0)
	}
	d.rows[number/64] |= 1 << (number % 64)
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
