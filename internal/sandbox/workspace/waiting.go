package workspace

import (
	"container/heap"
	"time"

	"ph2cio/internal/sandbox/trackapi"
)

// waiting are accepted operations that are not applied yet, by their moment. Nothing runs in the background:
// each view of the workspace first applies what is due.
type waiting struct {
	queue []waiter
	count int // of all that ever waited, so that equal moments keep their order
}

type waiter struct {
	operation trackapi.Operation
	at        time.Time
	number    int
}

func (q *waiting) add(o trackapi.Operation, at time.Time) {
	q.count++
	heap.Push(q, waiter{o, at, q.count})
}

// next takes out the operation that is due first.
func (q *waiting) next() *waiter {
	next := heap.Pop(q).(waiter)
	return &next
}

// Len implements heap.Interface.
func (q *waiting) Len() int { return len(q.queue) }

// Less implements heap.Interface.
func (q *waiting) Less(i, j int) bool {
	a, b := &q.queue[i], &q.queue[j]
	if a.at.Equal(b.at) {
		return a.number < b.number
	}
	return a.at.Before(b.at)
}

// Swap implements heap.Interface.
func (q *waiting) Swap(i, j int) { q.queue[i], q.queue[j] = q.queue[j], q.queue[i] }

// Push implements heap.Interface.
func (q *waiting) Push(x any) { q.queue = append(q.queue, x.(waiter)) }

// Pop implements heap.Interface.
func (q *waiting) Pop() any {
	last := len(q.queue) - 1
	x := q.queue[last]
	q.queue[last] = waiter{}
	q.queue = q.queue[:last]
	return x
}
