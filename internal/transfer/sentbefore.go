package transfer

import (
	"context"
	"maps"
	"slices"

	"ph2cio/internal/parallel"
)

// undated has the rejected rows whose day is not known, since their time is unusable. Earlier runs may have
// sent their events on any day. It has a bit for each value of some bits of a key, so its size does not depend
// on how many rows there are.
type undated struct{ bits parallel.Bitset }

// undatedBits is how many bits of a key choose the bit.
const undatedBits = 20

func (u *undated) add(v *version) {
	if v.standing == refused && v.day() == 0 {
		u.bits.Add(v.low & (1<<undatedBits - 1))
	}
}

// mayHave reports whether one of the rows may be of the event of v.
func (u *undated) mayHave(v *version) bool { return u.bits.Has(v.low & (1<<undatedBits - 1)) }

func (u *undated) empty() bool { return len(u.bits) == 0 }

// addSent adds the versions that earlier runs have sent, without the resumed one: all of the days of the rows,
// and of other days those that may be versions of rows whose day is not known.
func (r *repeats) addSent(ctx context.Context, earlier *Earlier) (err error) {
	if earlier.State == nil {
		return nil
	}
	days := slices.Sorted(maps.Keys(r.days))
	if !r.undated.empty() {
		if days, err = earlier.State.SentDays(ctx); err != nil {
			return err
		}
	}
	for _, day := range days {
		for sent, err := range earlier.State.Sent(ctx, day, earlier.resumedID()) {
			if err != nil {
				return err
			}
			if v := sentVersion(&sent); r.days[day] || r.undated.mayHave(&v) {
				r.sorter.Add(v)
			}
		}
	}
	r.undated = undated{}
	return nil
}
