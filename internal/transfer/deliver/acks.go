package deliver

import (
	"slices"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// acks knows which operations of a phase have no answer yet, by their Refs: of all numbers before next,
// everything else is done. It takes memory only for operations without an answer. The zero value is the
// beginning of a phase.
type acks struct {
	next uint64
	open []openOperation // ascending; some are acknowledged meanwhile
	done int             // of open
	turn uint64          // of the next operation
	hint int             // where in open the next to be acknowledged may be

	// What the run left without an answer before it was resumed, and has not reached again. No number in it
	// is before one of open.
	leftover []ledger.Span
}

// openOperation is an operation that was added. Two with successive turns have nothing done between them.
type openOperation struct {
	number, turn uint64
	done         bool
	mark         Mark
}

// acksFrom returns the acks of a phase that is resumed at a position.
func acksFrom(p ledger.Position) acks {
	return acks{next: p.Next, leftover: slices.Clone(p.Open)}
}

// add notes that everything before end is dealt with, but for these operations, which are to be sent. Their
// Refs rise from call to call. marks are theirs, nil where they have none.
func (a *acks) add(operations []customerio.Operation, marks []Mark, end uint64) {
	for i := range operations {
		number := operations[i].Ref
		a.trimLeftover(number)
		a.open = append(a.open, openOperation{number: number, turn: a.turn})
		if i < len(marks) {
			a.open[len(a.open)-1].mark = marks[i]
		}
		a.turn++
	}
	a.trimLeftover(end)
	a.next = max(a.next, end)
}

// trimLeftover forgets the part of before that lies before end. Between two of its spans something is done, and so it
// is between its last span and new operations.
func (a *acks) trimLeftover(end uint64) {
	for len(a.leftover) > 0 && a.leftover[0].Last < end {
		a.leftover = a.leftover[1:]
		a.turn++
	}
	if len(a.leftover) > 0 && a.leftover[0].First < end {
		a.leftover[0].First = end
	}
}

// acknowledge notes that an operation is done, and returns its mark. A second time, or for an unknown number,
// it does nothing.
func (a *acks) acknowledge(number uint64) (m Mark) {
	at := a.hint
	if at >= len(a.open) || a.open[at].number != number {
		at, _ = slices.BinarySearchFunc(a.open, number, func(o openOperation, n uint64) int {
			switch {
			case o.number < n:
				return -1
			case o.number > n:
				return 1
			}
			return 0
		})
	}
	if at == len(a.open) || a.open[at].number != number || a.open[at].done {
		return m
	}
	m = a.open[at].mark
	a.open[at].done = true
	a.done++
	a.hint = at + 1
	if a.done > len(a.open)/2 {
		a.open = slices.DeleteFunc(a.open, func(o openOperation) bool { return o.done })
		a.done, a.hint = 0, 0
	}
	return m
}

// count is how many operations of these calls to add have no answer.
func (a *acks) count() int64 { return int64(len(a.open) - a.done) }

// position is how far the phase has come.
func (a *acks) position() ledger.Position {
	p := ledger.Position{Next: a.next}
	var last openOperation
	for _, o := range a.open {
		if o.done {
			continue
		}
		if n := len(p.Open); n > 0 && o.turn == last.turn+1 {
			p.Open[n-1].Last = o.number
		} else {
			p.Open = append(p.Open, ledger.Span{First: o.number, Last: o.number})
		}
		last = o
	}
	p.Open = append(p.Open, a.leftover...)
	return p
}
