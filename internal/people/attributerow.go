package people

import (
	"github.com/zeebo/xxh3"

	"ph2cio/internal/rawjson"
)

// attributeRow is what one row says of attributes. The zero value says nothing, at no time.
type attributeRow struct {
	at                  order
	setOnce, set, unset []byte           // JSON objects of properties; unset may be a list of keys instead
	snapshot            []byte           // a JSON object of all properties after the row; nil when the row has none
	members             []rawjson.Member // of the snapshot
	uuid                []byte           // PostHog's UUID of the person; nil when the row has none, or nobody asks

	sum xxh3.Uint128 // see hash
}

// hasSnapshot reports whether the row has a snapshot. `{}` is none: PostHog gives each person $creator_event_uuid.
func (r *attributeRow) hasSnapshot() bool { return len(r.members) > 0 }

// hash sums the row's snapshot and its own changes up, which learn needs of a row with a snapshot: rows with the same sum leave
// the same. It takes longer than all the rest, so that callers do it before they take a lock.
func (r *attributeRow) hash() {
	r.sum = xxh3.Hash128(r.snapshot)
	for i, changes := range [...][]byte{r.setOnce, r.set, r.unset} {
		if len(changes) > 0 {
			more := xxh3.Hash128Seed(changes, r.sum.Lo+uint64(i))
			r.sum.Hi, r.sum.Lo = r.sum.Hi^more.Hi, r.sum.Lo^more.Lo
		}
	}
}
