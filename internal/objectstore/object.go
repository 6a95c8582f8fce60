package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"ph2cio/internal/source"
)

// object is one version of an object in a bucket.
type object struct {
	shared *shared
	bucket bucket
	key    string
	source source.Source
	cached string // its name in the cache

	heads     *heads // of its store
	keepsHead bool   // its beginning is kept, because the object may be opened again soon
}

// sink takes the bytes of an object in order.
type sink interface {
	room() []byte       // for the next bytes; not empty
	filled(n int) error // so many of the last room have arrived
}

// stalled is how long a transfer may send nothing.
const stalled = 30 * time.Second

// read fetches the bytes from one offset to another. It resumes a transfer that breaks. The error wraps
// errTranscoded if only the whole object can be had.
func (o *object) read(ctx context.Context, from, to int64, s sink) error {
	if from == 0 && o.source.Version.Tag != "" {
		if o.keepsHead && to <= firstSize {
			return o.readHead(ctx, to, s)
		}
		if one := o.heads.take(o); one != nil {
			return o.readAfter(ctx, one, to, s)
		}
	}
	return o.fetch(ctx, from, to, s)
}

// fetch is read without what is known of the beginning.
func (o *object) fetch(ctx context.Context, from, to int64, s sink) error {
	p := o.shared.patience()
	for from < to {
		n, err := o.readOnce(ctx, from, to, s)
		if from += n; from == to {
			return nil
		}
		if n > 0 {
			o.shared.reached.Store(true)
			p = o.shared.patience()
		}
		if err := p.wait(ctx, err); err != nil {
			return err
		}
	}
	return nil
}

// readOnce makes one request, and returns how many of its bytes have arrived. It returns an error unless all
// have.
func (o *object) readOnce(ctx context.Context, from, to int64, s sink) (n int64, err error) {
	whole := from == 0 && to == o.source.Size
	return o.receive(ctx, request{from: from, to: to, whole: whole}, s, func(r reply) (int64, error) {
		if r.length != to-from || !r.part && !whole {
			return 0, errTranscoded
		}
		return r.length, nil
	})
}

// receive makes one request for the object, and returns how many bytes have arrived. expect returns how many
// should, -1 if that is unknown, or an error for a reply that is of no use.
func (o *object) receive(ctx context.Context, want request, s sink, expect func(reply) (int64, error)) (n int64, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(stalled, func() { cancel(errStalled) })
	defer silence.Stop()
	want.key, want.tag = o.key, o.source.Version.Tag
	reply, err := o.bucket.get(ctx, want)
	if err != nil {
		return 0, stalledOr(ctx, err)
	}
	defer reply.body.Close()
	expected, err := expect(reply)
	if err != nil {
		return 0, err
	}
	for n != expected {
		room := s.room()
		if expected >= 0 {
			room = room[:min(int64(len(room)), expected-n)]
		}
		got, err := reply.body.Read(room)
		silence.Reset(stalled)
		o.shared.counts.bytes.Add(int64(got))
		n += int64(got)
		if err := s.filled(got); err != nil {
			return n, &localError{err}
		}
		switch {
		case n == expected:
			readEnd(reply.body, err)
		case err == io.EOF && expected < 0:
			return n, nil
		case err == io.EOF:
			return n, io.ErrUnexpectedEOF
		case err != nil:
			return n, stalledOr(ctx, err)
		}
	}
	return n, nil
}

// readEnd reads the end of a body of which all bytes have been read, so that its connection can be used
// again.
func readEnd(body io.Reader, err error) {
	if err == nil {
		_, _ = body.Read(make([]byte, 1)) // nothing can be done about an error, and nothing is lost
	}
}

// errStalled ends a transfer that sends nothing.
var errStalled = fmt.Errorf("the connection was silent for %v", stalled)

// stalledOr returns errStalled if that ended ctx, otherwise err.
func stalledOr(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, errStalled) {
		return cause
	}
	return err
}

// readAll fetches a whole object that cannot be fetched in parts, and returns its size. Any failure starts it
// again, for which begin is called.
func (o *object) readAll(ctx context.Context, begin func() error, s sink) (size int64, err error) {
	return retry(ctx, o.shared, func() (int64, error) {
		if err := begin(); err != nil {
			return 0, &localError{err}
		}
		return o.receive(ctx, request{whole: true}, s, func(r reply) (int64, error) { return r.length, nil })
	})
}
