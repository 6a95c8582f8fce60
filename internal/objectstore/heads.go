package objectstore

import (
	"context"
	"slices"
	"sync"
)

// mostHeads is how many bytes of beginnings a store keeps.
const mostHeads = 4 << 20

// heads are the beginnings of objects that were opened while nothing was announced. Whoever looks at what an
// object is, or at its columns, opens it again to read it, and then its beginning need not be fetched again.
// The zero value is empty.
type heads struct {
	lock sync.Mutex
	all  []*head // the oldest first
	held int64   // bytes
}

// head is the beginning of an object, which is being fetched until done is closed.
type head struct {
	name, tag string
	size      int64
	done      chan struct{}
	bytes     []byte // empty if it could not be fetched
}

// begin returns the beginning of an object. If it is new, the caller has to fetch it.
func (h *heads) begin(o *object, size int64) (one *head, isNew bool) {
	h.lock.Lock()
	defer h.lock.Unlock()
	if i := h.index(o); i >= 0 {
		return h.all[i], false
	}
	one = &head{name: o.source.Name, tag: o.source.Version.Tag, size: size, done: make(chan struct{})}
	h.all = append(h.all, one)
	for h.held += size; h.held > mostHeads; {
		h.remove(0)
	}
	return one, true
}

// take returns the beginning of an object, nil if there is none, and keeps it no longer.
func (h *heads) take(o *object) *head {
	h.lock.Lock()
	defer h.lock.Unlock()
	i := h.index(o)
	if i < 0 {
		return nil
	}
	one := h.all[i]
	h.remove(i)
	return one
}

// index returns where the beginning of an object is, -1 for nowhere. The lock is held.
func (h *heads) index(o *object) int {
	name, tag := o.source.Name, o.source.Version.Tag
	return slices.IndexFunc(h.all, func(one *head) bool { return one.name == name && one.tag == tag })
}

// remove removes a beginning. The lock is held.
func (h *heads) remove(i int) {
	h.held -= h.all[i].size
	h.all = slices.Delete(h.all, i, i+1)
}

// hand gives a sink the first bytes of a beginning, as far as they are there, and returns how many these are.
func (h *head) hand(ctx context.Context, to int64, s sink) (n int64, err error) {
	select {
	case <-h.done:
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	for left := h.bytes[:min(int64(len(h.bytes)), to)]; len(left) > 0; {
		m := copy(s.room(), left)
		if err := s.filled(m); err != nil {
			return n, &localError{err}
		}
		n, left = n+int64(m), left[m:]
	}
	return n, nil
}

// readHead reads the beginning of the object, and keeps it. It is fetched to its end even if the reader wants
// no more of it.
func (o *object) readHead(ctx context.Context, to int64, s sink) error {
	one, isNew := o.heads.begin(o, to)
	if !isNew {
		return o.readAfter(ctx, one, to, s)
	}
	defer close(one.done)
	ctx, cancel := o.shared.within(context.WithoutCancel(ctx))
	defer cancel()
	keeping := &headSink{to: s, bytes: make([]byte, 0, to)}
	err := o.fetch(ctx, 0, to, keeping)
	if err != nil {
		o.heads.take(o)
		return err
	}
	one.bytes = keeping.bytes
	return nil
}

// readAfter reads the object from its start, and fetches what comes after a beginning that is there.
func (o *object) readAfter(ctx context.Context, one *head, to int64, s sink) error {
	from, err := one.hand(ctx, to, s)
	if err != nil {
		return err
	}
	return o.fetch(ctx, from, to, s)
}

// headSink keeps what it hands to another sink.
type headSink struct {
	to    sink
	next  []byte // the room for the next bytes
	bytes []byte
}

func (s *headSink) room() []byte {
	s.next = s.to.room()
	return s.next
}

func (s *headSink) filled(n int) error {
	s.bytes = append(s.bytes, s.next[:n]...)
	return s.to.filled(n)
}
