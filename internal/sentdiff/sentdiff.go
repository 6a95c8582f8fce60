// Package sentdiff finds out where the operations of two runs over the same sources differ. Memory does not
// grow with their number: they are sorted on disk.
//
// What belongs together is found by what does not depend on how events are mapped: events, pages and screens
// by their IDs, people by the identifier that they are sent under, merges by both profiles. So a person who
// is sent under another identifier counts as gone and as new.
//
//	Comparison    takes the operations, and compares them
//	entry, group  one operation as it is sorted; what is counted and shown
package sentdiff

import (
	"bytes"
	"context"

	"ph2cio/internal/customerio"
	"ph2cio/internal/jsondiff"
	"ph2cio/internal/spool"
)

// Comparison compares the operations of two runs. It may be used by one goroutine at a time, and must be
// closed.
type Comparison struct {
	limit  int
	space  *spool.Space
	sorter spool.Sorter[entry]
	groups groups
}

// New returns a comparison that keeps in dir what does not fit into memory, and shows up to limit examples of
// each kind of difference.
func New(dir string, limit int) *Comparison {
	space := spool.NewSpace(dir, heldBytes)
	return &Comparison{
		limit: limit, space: space,
		sorter: spool.Sorter[entry]{Space: space, Most: heldEntries, Compare: (*entry).compare, Append: appendEntry, Read: readEntry},
	}
}

// The bounds of memory: operations in memory, and bytes of those that are sorted.
const (
	heldEntries = 8192
	heldBytes   = 64 << 20
)

// Before takes an operation of the first run.
func (c *Comparison) Before(operation customerio.Operation) error {
	return c.add(false, operation)
}

// After takes an operation of the second run.
func (c *Comparison) After(operation customerio.Operation) error { return c.add(true, operation) }

func (c *Comparison) add(after bool, operation customerio.Operation) error {
	c.sorter.Add(entry{key: keyOf(&operation), after: after, body: bytes.Clone(operation.Body)})
	return c.space.Err()
}

// Result compares what both runs have sent. It is called once.
func (c *Comparison) Result(ctx context.Context) (*Result, error) {
	var key string
	var before, after [][]byte // operations with this key
	for one, err := range spool.Until(ctx, c.sorter.Sorted()) {
		if err != nil {
			return nil, err
		}
		if one.key != key {
			c.compare(before, after)
			key, before, after = one.key, before[:0], after[:0]
		}
		if one.after {
			after = append(after, one.body)
		} else {
			before = append(before, one.body)
		}
	}
	c.compare(before, after)
	return c.groups.result(), c.space.Err()
}

// compare compares the operations with one key, which are in the order of sending.
func (c *Comparison) compare(before, after [][]byte) {
	for i := range max(len(before), len(after)) {
		var e Example
		if i < len(before) {
			e.Before = before[i]
		}
		if i < len(after) {
			e.After = after[i]
		}
		if e.Before != nil && e.After != nil && !bytes.Equal(e.Before, e.After) {
			for _, d := range jsondiff.Compare(e.Before, e.After) {
				e.Members = append(e.Members, Member{d.Path, []byte(d.Want), []byte(d.Got)})
			}
		}
		c.groups.count(&e, c.limit)
	}
}

// Close removes what is on disk.
func (c *Comparison) Close() error { return c.space.Close() }
