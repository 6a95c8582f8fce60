package export

import (
	"slices"

	"ph2cio/internal/ledger"
)

// unsettled knows which operations of a phase have no answer yet, by their numbers: of all before next, everything else is
// done. It takes memory only for what is under way. The zero value is the beginning of a phase.
type unsettled struct {
	next    uint64
	open    []openOperation // ascending; some are settled meanwhile
	settled int             // of open
	turn    uint64          // of the next operation
	hint    int             // where in open the next to be settled may be

	// What an earlier run left open, and this one has not come to again. Nothing before it is in front of open.
	before []ledger.Span
}

// openOperation has a turn beside its number: those with turns that follow each other have nothing done between them.
type openOperation struct {
	number, turn uint64
	settled      bool
	mark         mark
}

// resumed begins where an earlier run left a phase.
func resumed(p ledger.Position) unsettled {
	return unsettled{next: p.Next, before: slices.Clone(p.Open)}
}

// add notes that everything before end has been dealt with, but for these operations, which are to be sent. Numbers
// ascend from call to call. marks are theirs, nil where they have none.
func (u *unsettled) add(numbers []uint64, marks []mark, end uint64) {
	for i, number := range numbers {
		u.pass(number)
		u.open = append(u.open, openOperation{number: number, turn: u.turn})
		if i < len(marks) {
			u.open[len(u.open)-1].mark = marks[i]
		}
		u.turn++
		u.pass(number + 1)
	}
	u.pass(end)
	u.next = max(u.next, end)
}

// pass forgets of before what is before end. Between two spans something is done, and so it is between the last of them and
// what is new.
func (u *unsettled) pass(end uint64) {
	for len(u.before) > 0 && u.before[0].Last < end {
		u.before = u.before[1:]
		u.turn++
	}
	if len(u.before) > 0 && u.before[0].First < end {
		u.before[0].First = end
	}
}

// settle notes that an operation is done, and returns its mark.
func (u *unsettled) settle(number uint64) (m mark) {
	at := u.hint
	if at >= len(u.open) || u.open[at].number != number {
		at, _ = slices.BinarySearchFunc(u.open, number, func(o openOperation, n uint64) int {
			switch {
			case o.number < n:
				return -1
			case o.number > n:
				return 1
			}
			return 0
		})
	}
	if at == len(u.open) || u.open[at].number != number || u.open[at].settled {
		return m
	}
	m = u.open[at].mark
	u.open[at].settled = true
	u.settled++
	u.hint = at + 1
	if u.settled > len(u.open)/2 {
		u.open = slices.DeleteFunc(u.open, func(o openOperation) bool { return o.settled })
		u.settled, u.hint = 0, 0
	}
	return m
}

// count is how many operations of this run have no answer.
func (u *unsettled) count() int64 { return int64(len(u.open) - u.settled) }

// position is how far the phase has come.
func (u *unsettled) position() ledger.Position {
	p := ledger.Position{Next: u.next}
	var last openOperation
	for _, o := range u.open {
		if o.settled {
			continue
		}
		if n := len(p.Open); n > 0 && o.turn == last.turn+1 {
			p.Open[n-1].Last = o.number
		} else {
			p.Open = append(p.Open, ledger.Span{First: o.number, Last: o.number})
		}
		last = o
	}
	p.Open = append(p.Open, u.before...)
	return p
}
