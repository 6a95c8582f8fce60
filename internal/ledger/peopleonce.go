package ledger

import (
	"context"
	"database/sql"
	"iter"
	"slices"

	"github.com/zeebo/xxh3"
)

// peopleOnceKey is the name in meta of how many people were stored when each of them was stored once.
const peopleOnceKey = "people_once"

// maxPeopleSize is how many bytes of people a row has at least when keepPeopleOnce writes the next.
const maxPeopleSize = 64 << 10

// keepPeopleOnce stores each person once, if half as many have been added as there were when this was last
// done. It takes a few bytes of memory for each person, and the last state and the ID of each who was sent
// several times. The run is the one that ends at a time in unix seconds.
func keepPeopleOnce(ctx context.Context, tx *sql.Tx, run, at int64) error {
	o := peopleOnce{ctx: ctx, tx: tx, run: run, at: at}
	var stored, before int64
	err := tx.QueryRowContext(ctx, `SELECT coalesce(sum(count), 0), coalesce(max(id), 0),
		coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?), 0) FROM people`, peopleOnceKey).Scan(&stored, &o.last, &before)
	if err != nil || stored < before+(before+1)/2 || stored == 0 {
		return err
	}
	if before > 0 {
		if stored, err = o.rewrite(); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO meta VALUES (?, CAST(? AS TEXT))", peopleOnceKey, stored)
	return err
}

// peopleOnce rewrites the rows of the table people.
type peopleOnce struct {
	ctx     context.Context
	tx      *sql.Tx
	run, at int64 // of the rows that it writes
	last    int64 // the ID of the last row that it replaces

	row    []byte // the people of the next row
	count  int64  // how many those are
	people int64  // how many there are in all rows
}

// latest is the last state of a person who was sent several times.
type latest struct {
	personState
	written bool
}

// rewrite replaces the rows by some in which each person stands once, in the place of the first time that the
// person was sent and in the state of the last time. It returns how many people there are.
func (o *peopleOnce) rewrite() (int64, error) {
	repeated, err := o.findRepeated()
	if err != nil {
		return 0, err
	}
	for p, err := range o.stored() {
		if err != nil {
			return 0, err
		}
		if one := repeated[string(p.distinctID)]; one != nil {
			if one.written {
				continue
			}
			one.written, p.sent = true, one.personState
		}
		o.row = p.append(o.row)
		o.count++
		if len(o.row) < maxPeopleSize {
			continue
		}
		if err := o.flush(); err != nil {
			return 0, err
		}
	}
	if err := o.flush(); err != nil {
		return 0, err
	}
	_, err = o.tx.ExecContext(o.ctx, "DELETE FROM people WHERE id <= ?", o.last)
	return o.people, err
}

// findRepeated returns the last states of the people who were sent several times, by their distinct IDs.
func (o *peopleOnce) findRepeated() (map[string]*latest, error) {
	hashes, err := o.repeatedHashes()
	if err != nil {
		return nil, err
	}
	repeated := map[string]*latest{}
	for p, err := range o.stored() {
		if err != nil {
			return nil, err
		}
		if _, found := slices.BinarySearch(hashes, xxh3.Hash(p.distinctID)); !found {
			continue
		}
		one := repeated[string(p.distinctID)]
		if one == nil {
			one = &latest{}
			repeated[string(p.distinctID)] = one
		}
		one.personState = p.sent
	}
	return repeated, nil
}

// repeatedHashes returns the sorted hashes of the distinct IDs that stand in the rows several times. Other IDs
// may have the same hashes.
func (o *peopleOnce) repeatedHashes() (repeated []uint64, err error) {
	var all []uint64
	for p, err := range o.stored() {
		if err != nil {
			return nil, err
		}
		all = append(all, xxh3.Hash(p.distinctID))
	}
	slices.Sort(all)
	for i := 1; i < len(all); i++ {
		if all[i] == all[i-1] {
			repeated = append(repeated, all[i])
		}
	}
	return slices.Compact(repeated), nil
}

// stored yields the people of the rows that are replaced. An error is the last thing yielded.
func (o *peopleOnce) stored() iter.Seq2[storedPerson, error] {
	return eachStored(func(yield func([]byte, error) bool) {
		rows, err := o.tx.QueryContext(o.ctx, "SELECT people FROM people WHERE id <= ? ORDER BY id", o.last)
		if err != nil {
			yield(nil, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			segment, err := scanValue[[]byte](rows)
			if !yield(segment, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	})
}

// flush writes the next row.
func (o *peopleOnce) flush() error {
	if o.count == 0 {
		return nil
	}
	_, err := o.tx.ExecContext(o.ctx, "INSERT INTO people (run, saved, count, people) VALUES (?, ?, ?, ?)", o.run, o.at, o.count, o.row)
	o.people += o.count
	o.row, o.count = o.row[:0], 0
	return err
}
