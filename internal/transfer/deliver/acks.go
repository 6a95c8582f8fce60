package deliver

import (
	"slices"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// acks keeps which operations of a phase have no answer yet, by their Refs. Every other number before next is
// done. Only operations without an answer take memory. The zero value is the beginning of a phase.
type acks struct {
	next uint64
	open []openOperation // ascending; some of them are done
	done int             // how many of open are done
	turn uint64          // of the next operation that is added
	hint int             // index in open of the operation that is likely to be acknowledged next

	// What had no answer when the run was stopped, and has not been added again since the run was resumed.
	// All of it comes after open.
	leftover []ledger.Span
}

// openOperation is an operation that was added. If the turns of two operations follow each other, no
// operation between them was answered, neither now nor before the run was resumed. So one span may hold both.
type openOperation struct {
	number, turn uint64
	done         bool
	mark         Mark
}

// acksFrom returns the acks of a phase that is resumed at a position.
func acksFrom(p ledger.Position) acks {
	return acks{next: p.Next, leftover: slices.Clone(p.Open)}
}

// add notes that all numbers before end are done, except these operations, which are to be sent. Refs rise
// within a call and from call to call. marks belong to the operations by index; nil is none.
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

// trimLeftover removes numbers before end from leftover. Operations between two spans of leftover were done
// before the run was resumed, so that no new span may reach across. Each removed span uses up a turn: the
// operations before and after it then do not look like neighbours, and are not saved as one span.
func (a *acks) trimLeftover(end uint64) {
	for len(a.leftover) > 0 && a.leftover[0].Last < end {
		a.leftover = a.leftover[1:]
		a.turn++
	}
	if len(a.leftover) > 0 && a.leftover[0].First < end {
		a.leftover[0] = ledger.Span{First: end, Last: a.leftover[0].Last}
	}
}

// acknowledge notes that an operation is done, and returns its mark. It does nothing for an operation that is
// done already, or was never added.
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

// count returns how many operations that were added have no answer.
func (a *acks) count() int64 { return int64(len(a.open) - a.done) }

// position returns how far the phase has come.
func (a *acks) position() ledger.Position {
	var spans []ledger.Span
	var last openOperation
	for _, o := range a.open {
		if o.done {
			continue
		}
		if n := len(spans); n > 0 && o.turn == last.turn+1 {
			spans[n-1] = ledger.Span{First: spans[n-1].First, Last: o.number}
		} else {
			spans = append(spans, ledger.Span{First: o.number, Last: o.number})
		}
		last = o
	}
	return ledger.Position{Next: a.next, Open: append(spans, a.leftover...)}
}
