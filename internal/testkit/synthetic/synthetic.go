// Package synthetic makes PostHog exports of any size for tests and benchmarks. Everyone in them is
// fictional.
//
// The rows have the mix below, in shares of all rows. It follows the default columns of PostHog's batch
// exports, the properties that its libraries set, and what ingestion adds to a person.
//
//	rows         1.7 KB on average; the keys of each in another order, the JSON columns last
//	people       half the rows are personless, under a visitor's UUID. The others are under user_<number>,
//	             but for a few $create_alias and $groupidentify rows. Few people have most of the rows
//	personless   $pageview 19 %, $autocapture 13 %, $pageleave 6 %, custom events 6 %,
//	             $feature_flag_called 4 %, $screen 2 %
//	the others   $pageview 11 %, $autocapture 8 %, server events 8 %, custom events 7 %,
//	             $feature_flag_called 4 %, $identify 4 %, $set 3 %, $screen 3 %, $pageleave 1 %,
//	             $create_alias 0.5 %, $groupidentify 0.5 %
//	person       person_properties of 1 to 4 KB on 30 % of the rows: location, browser, campaign keys that are
//	             null, $initial_* copies of them, and 5 to 12 properties of the customer's own, 150 to 400
//	             bytes, that change now and then; on the other rows {} or null
//	text         5 % of the rows have escapes and characters of several bytes
//	time         rows are up to half a day out of order; created_at is seconds later, for 2 % of them hours
package synthetic

import (
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// Shape is a kind of file that PostHog, or a database under it, writes.
type Shape int

const (
	// JSONL is a batch export of events to S3 or a file, one JSON object a line.
	JSONL Shape = iota
	// CSVWithNames is a dump of a self-hosted ClickHouse: JSON text in quoted cells.
	CSVWithNames
	// UICSV is an export of the events explorer's default columns: properties as columns, CRLF, no
	// person_properties. A key that none of the first thousand rows has gets no column.
	UICSV
)

// Options say what to make. The same options make the same bytes.
type Options struct {
	Shape  Shape
	Rows   int64
	People int64 // how many there are; each has at least one row. 0 is one for each hundred rows, at least one
	Seed   uint64

	Invalid    float64 // percent of rows that are not valid: cut off, bare words, control characters
	Duplicates float64 // percent of rows that repeat an earlier row, uuid and all
}

// Written is what a file holds.
type Written struct {
	Rows       int64 // with those below, without a CSV's header
	Invalid    int64
	Duplicates int64
	Bytes      int64
}

// Write makes an export, in memory that does not grow with it. Each row, with its line end, is one call of
// w.Write: so that a writer can set rows apart, and so that most callers want a bufio.Writer. An error is
// w's.
func Write(w io.Writer, o Options) (Written, error) {
	out := &counter{w: w}
	g := newGenerator(o)
	shape := newShape(o)
	if header := shape.header(); header != nil {
		out.Write(header)
	}
	written := Written{}
	var line []byte
	for n := int64(0); n < o.Rows && out.err == nil; n++ {
		r := g.row(n)
		if r.copied {
			written.Duplicates++
		}
		if r.broken != whole {
			written.Invalid++
		}
		line = shape.appendRow(line[:0], r)
		out.Write(line)
		written.Rows++
	}
	written.Bytes = out.bytes
	if out.err != nil {
		return written, fmt.Errorf("write synthetic row %d: %w", written.Rows, out.err)
	}
	return written, nil
}

// shape renders rows as one kind of file.
type shape interface {
	header() []byte // with its line end; nil for none
	appendRow(dst []byte, r *row) []byte
}

func newShape(o Options) shape {
	switch o.Shape {
	case CSVWithNames:
		return clickhouse{}
	case UICSV:
		return newExplorer(o)
	default:
		return &jsonl{}
	}
}

// counter counts what is written, and keeps the first error.
type counter struct {
	w     io.Writer
	bytes int64
	err   error
}

func (c *counter) Write(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.w.Write(p)
	c.bytes += int64(n)
	c.err = err
	return n, err
}

// dice is a source of chance that is a function of a few numbers alone.
type dice struct {
	*rand.Rand
	pcg *rand.PCG
}

func newDice() dice {
	pcg := rand.NewPCG(0, 0)
	return dice{rand.New(pcg), pcg}
}

// throw starts a new series of throws, the same one for the same numbers.
func (d dice) throw(seed, a, b uint64) { d.pcg.Seed(mix(seed+a), mix(b^seed)) }

// share is true for so many percent of all throws.
func (d dice) share(percent float64) bool { return d.Float64()*100 < percent }

// within is a time at least 0 and below limit.
func (d dice) within(limit time.Duration) time.Duration { return time.Duration(d.Int64N(int64(limit))) }

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }

// mix is SplitMix64's finalizer: neighbouring numbers come out far apart, and different ones different.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
