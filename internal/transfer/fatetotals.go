package transfer

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
	"ph2cio/internal/spool"
)

// fateTotals add up, chunk after chunk in reading order, what shares have counted in both passes. Nil totals, of a
// run without Details, count nothing.
//
// The second pass does not see every row: those that the first pass has decided are counted by it, and of those that
// it leaves to the second the ones that this does not see are duplicates, or were sent before. If a run stops, the
// second pass has come to some chunk; what the first pass has counted in each later chunk is in a log.
type fateTotals struct {
	rules    *mapping.Rules
	personal bool
	free     chan *fateShare // shares that can be used again

	names    map[string]*keyTotal
	days     map[int64]*keyTotal
	numbered []*keyTotal // all names and days by their numbers

	log     *spool.Log // for each chunk: the number of each name and day, the open rows, those left out
	scratch []byte
	chunks  int // of the log
	reached int // chunks that the second pass has counted

	examples []placedExample // one for each reason, of both passes
}

// keyTotal counts the rows of one name or day in both passes.
type keyTotal struct {
	number        int
	name          string
	day           int64
	first, second rowsByFate
}

// These totals are there from the start.
const (
	beyondNames = iota // names that are not counted by themselves
	beyondDays         // rows without a usable time, or of a day that is not counted by itself
)

// newFateTotals returns nil unless details are wanted.
func newFateTotals(level DetailLevel, rules *mapping.Rules, space *spool.Space) *fateTotals {
	if level == NoDetails {
		return nil
	}
	t := &fateTotals{
		rules: rules, personal: level == PersonalDetails, free: make(chan *fateShare, 256), log: space.NewLog(),
		names: map[string]*keyTotal{}, days: map[int64]*keyTotal{},
	}
	t.number(&keyTotal{})
	t.number(&keyTotal{})
	return t
}

func (t *fateTotals) number(total *keyTotal) *keyTotal {
	total.number = len(t.numbered)
	t.numbered = append(t.numbered, total)
	return total
}

// share returns an empty share for rows of a pass; nil without totals. Several goroutines may call it at once.
func (t *fateTotals) share(second bool) (s *fateShare) {
	if t == nil {
		return nil
	}
	select {
	case s = <-t.free:
	default:
		s = newFateShare(t.rules, t.personal)
	}
	s.begin(second)
	return s
}

// addFirst adds what the first pass has counted in the next chunk.
func (t *fateTotals) addFirst(s *fateShare, places *places) {
	if t == nil {
		return
	}
	b := t.scratch[:0]
	for _, c := range s.counted {
		total := t.totalOf(c, true)
		total.first.add(&c.rowsByFate)
		b = binary.AppendUvarint(b, uint64(total.number))
		b = binary.AppendUvarint(b, uint64(c.rowsByFate[fateOpen]))
		b = binary.AppendUvarint(b, uint64(c.rowsByFate[fateLeftOut]))
	}
	t.scratch = b
	t.log.Append(b)
	t.chunks++
	t.done(s, places)
}

// addSecond adds what the second pass has counted in the next chunks, up to a number. delivered is false for chunks that
// are counted although the run is to stop, so that what is to be sent again of them is not sent.
func (t *fateTotals) addSecond(s *fateShare, upTo int, places *places, delivered bool) {
	if t == nil || s == nil {
		return
	}
	for _, c := range s.counted {
		if delivered {
			c.rowsByFate[fateSend], c.rowsByFate[fateAgain] = c.rowsByFate[fateSend]+c.rowsByFate[fateAgain], 0
		}
		t.totalOf(c, false).second.add(&c.rowsByFate)
	}
	t.reached = upTo
	t.done(s, places)
}

// done takes the examples of a share, and keeps the share for other chunks.
func (t *fateTotals) done(s *fateShare, places *places) {
	for _, one := range s.examples {
		t.example(one, places)
	}
	for _, c := range s.counted {
		c.rowsByFate, c.counted = rowsByFate{}, false
	}
	s.counted, s.examples = s.counted[:0], s.examples[:0]
	select {
	case t.free <- s:
	default:
	}
}

// example keeps an example of a reason that has none, or only one of a later row.
func (t *fateTotals) example(one placedExample, places *places) {
	at := slices.IndexFunc(t.examples, func(had placedExample) bool { return had.Reason == one.Reason })
	if at >= 0 && t.examples[at].ref <= one.ref {
		return
	}
	one.File, one.Row = places.find(one.ref)
	if at >= 0 {
		t.examples[at] = one
		return
	}
	t.examples = append(t.examples, one)
}

// totalOf returns the total of a count. Names and days that are new in the first pass get one, as long as there is
// room.
func (t *fateTotals) totalOf(c *keyCount, mayAdd bool) *keyTotal {
	if c.total == nil {
		c.total = t.find(c, mayAdd)
	}
	return c.total
}

func (t *fateTotals) find(c *keyCount, mayAdd bool) *keyTotal {
	switch {
	case c.other && c.isDay:
		return t.numbered[beyondDays]
	case c.other:
		return t.numbered[beyondNames]
	case c.isDay:
		total := t.days[c.day]
		if total == nil && mayAdd && len(t.days) < maxFateDays {
			total = t.number(&keyTotal{day: c.day})
			t.days[c.day] = total
		}
		return cmp.Or(total, t.numbered[beyondDays])
	}
	total := t.names[c.name]
	if total == nil && mayAdd && len(t.names) < maxFateNames {
		total = t.number(&keyTotal{name: c.name})
		t.names[c.name] = total
	}
	return cmp.Or(total, t.numbered[beyondNames])
}

// notReached returns by number how many rows there are in chunks that the second pass has not counted: those that the
// first pass leaves to it, and those that the first pass leaves out.
func (t *fateTotals) notReached() (open, leftOut []int64, err error) {
	open, leftOut = make([]int64, len(t.numbered)), make([]int64, len(t.numbered))
	if t.reached == t.chunks {
		return open, leftOut, nil
	}
	chunk := 0
	for b, err := range t.log.All() {
		if err != nil {
			return nil, nil, err
		}
		if chunk++; chunk <= t.reached {
			continue
		}
		for len(b) > 0 {
			var numbers [3]uint64
			for i := range numbers {
				value, n := binary.Uvarint(b)
				numbers[i], b = value, b[n:]
			}
			open[numbers[0]] += int64(numbers[1])
			leftOut[numbers[0]] += int64(numbers[2])
		}
	}
	return open, leftOut, nil
}

// timeOf returns a known time.
func timeOf(at posthog.Time) time.Time { return time.UnixMicro(at.Micros).UTC() }

// details returns what was counted. rows returns how many rows of the run are left out or rejected for a reason.
func (t *fateTotals) details(rows func(reason string) int64) (*Details, error) {
	open, leftOut, err := t.notReached()
	if err != nil {
		return nil, err
	}
	d := &Details{Days: []DayRows{}, Events: []EventRows{}, Examples: []RowExample{}, LargestPeople: []LargePerson{}}
	of := func(total *keyTotal) RowFates { return total.fates(open[total.number], leftOut[total.number]) }
	d.EventsBeyond = of(t.numbered[beyondNames])
	if undated := of(t.numbered[beyondDays]); undated.All() > 0 {
		d.Days = append(d.Days, DayRows{RowFates: undated})
	}
	for _, total := range t.days {
		d.Days = append(d.Days, DayRows{time.Unix(total.day*24*60*60, 0).UTC().Format(time.DateOnly), of(total)})
	}
	slices.SortFunc(d.Days, func(a, b DayRows) int { return strings.Compare(a.Day, b.Day) })
	for _, total := range t.names {
		d.Events = append(d.Events, EventRows{total.name, of(total)})
	}
	slices.SortFunc(d.Events, func(a, b EventRows) int {
		return cmp.Or(cmp.Compare(b.All(), a.All()), strings.Compare(a.Name, b.Name))
	})
	slices.SortFunc(t.examples, func(a, b placedExample) int { return cmp.Compare(a.ref, b.ref) })
	for _, one := range t.examples {
		if one.Rows = rows(one.Reason); one.Rows > 0 {
			d.Examples = append(d.Examples, one.RowExample)
		}
	}
	return d, nil
}

// fates returns what became of the rows of a name or day, of which so many were not reached.
func (total *keyTotal) fates(open, leftOut int64) RowFates {
	first, second := &total.first, &total.second
	return RowFates{
		Send: second[fateSend], Person: second[fatePerson], Rejected: second[fateRejected],
		LeftOut:    second[fateLeftOut] + first[fateLeftOut] - leftOut,
		Before:     first[fateOpen] - open - second.all() + second[fateBefore],
		NotReached: open + leftOut + second[fateAgain],
	}
}
