package fold

import (
	"github.com/zeebo/xxh3"

	"ph2cio/internal/rawjson"
)

// Row is what one row of an export says of attributes. The zero value says nothing.
type Row struct {
	At                  ChangeOrder
	SetOnce, Set, Unset []byte           // JSON objects of properties; Unset may be a list of keys instead
	Added, AddedOnce    []byte           // JSON objects of properties that are set besides: see Row.Adds
	Snapshot            []byte           // a JSON object of all properties after the row, or nil
	Members             []rawjson.Member // of the snapshot
	UUID                []byte           // PostHog's UUID of the person, or nil

	sum xxh3.Uint128 // see Hash
}

// HasSnapshot reports whether the row has a snapshot. An empty object is none, because PostHog gives each
// person $creator_event_uuid.
func (r *Row) HasSnapshot() bool { return len(r.Members) > 0 }

// Adds reports whether something is set besides the row's own changes, which PostHog does not know of. So no
// snapshot has it, and none says that it is gone: it stays until it is set anew, or a later row's own Set or
// Unset has its key, of those that KeyOptions.Added names. Of a key that a snapshot has, AddedOnce changes
// nothing.
func (r *Row) Adds() bool { return len(r.Added)+len(r.AddedOnce) > 0 }

// Hash computes the sum of the row's snapshot and its own changes; rows with the same sum have the same effect. It
// must be called before Store.Learn for a row with a snapshot. It takes longer than all of Learn, so callers
// do it before they take a lock.
func (r *Row) Hash() {
	r.sum = xxh3.Hash128(r.Snapshot)
	for i, changes := range [...][]byte{r.SetOnce, r.Set, r.Unset} {
		if len(changes) > 0 {
			more := xxh3.Hash128Seed(changes, r.sum.Lo+uint64(i))
			r.sum.Hi, r.sum.Lo = r.sum.Hi^more.Hi, r.sum.Lo^more.Lo
		}
	}
}
