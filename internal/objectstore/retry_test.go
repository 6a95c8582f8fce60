package objectstore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ph2cio/internal/source"
)

// memoryBucket is a bucket in memory whose requests a test answers.
type memoryBucket struct {
	bucket
	get1 func(ctx context.Context, want request) (reply, error)
}

func (b *memoryBucket) get(ctx context.Context, want request) (reply, error) {
	return b.get1(ctx, want)
}

// objectIn returns an object of size bytes in a bucket, for tests in a bubble.
func objectIn(size int64, reached bool, get func(ctx context.Context, want request) (reply, error)) *object {
	s := &shared{memory: newMemory(defaultMemory)}
	s.reached.Store(reached)
	return &object{shared: s, bucket: &memoryBucket{get1: get}, key: "x", source: source.Source{Name: "s3://b/x", Size: size}}
}

func readObject(o *object) ([]byte, error) {
	got := make([]byte, o.source.Size)
	err := o.read(context.Background(), 0, o.source.Size, &bytesSink{left: got})
	return got, err
}

// body is one that fails, or is silent, after some bytes.
type body struct {
	ctx  context.Context
	data []byte
	then error // nil for silence
}

func (b *body) Read(p []byte) (int, error) {
	if len(b.data) > 0 {
		n := copy(p, b.data)
		b.data = b.data[n:]
		return n, nil
	}
	if b.then == nil {
		<-b.ctx.Done()
		return 0, b.ctx.Err()
	}
	return 0, b.then
}

func (b *body) Close() error { return nil }

// TestTransfersAreResumed breaks a transfer after every byte, by an error or by silence: no byte is asked for
// twice, and no failure lasts long enough to give up.
func TestTransfersAreResumed(t *testing.T) {
	want := []byte("0123456789")
	for _, then := range []error{errors.New("connection reset"), io.EOF, io.ErrUnexpectedEOF, nil} {
		synctest.Test(t, func(t *testing.T) {
			requests := 0
			o := objectIn(int64(len(want)), false, func(ctx context.Context, r request) (reply, error) {
				requests++
				part := want[r.from : r.from+1]
				return reply{body: &body{ctx, part, then}, length: r.to - r.from, part: true}, nil
			})
			if got, err := readObject(o); err != nil || !bytes.Equal(got, want) {
				t.Errorf("read %q, %v", got, err)
			}
			if requests != len(want) {
				t.Errorf("%d requests", requests)
			}
		})
	}
}

// TestPatienceEnds fails all requests: they are made again for two minutes, or for a quarter of one as long
// as no store has answered.
func TestPatienceEnds(t *testing.T) {
	for reached, lasts := range map[bool]time.Duration{true: patienceFor, false: firstTry} {
		synctest.Test(t, func(t *testing.T) {
			requests := 0
			began := time.Now()
			o := objectIn(10, reached, func(context.Context, request) (reply, error) {
				requests++
				return reply{}, &Error{text: "503 SlowDown", temporary: true, hint: "wait"}
			})
			_, err := readObject(o)
			lasted := time.Since(began)
			if !errors.Is(err, source.ErrUnavailable) || !strings.Contains(err.Error(), "503 SlowDown") {
				t.Error(err)
			}
			if lasted > lasts || lasted < lasts-longestWait || requests < 6 || requests > 40 {
				t.Errorf("%d requests in %v, of %v", requests, lasted, lasts)
			}
		})
	}
}

// TestWhatIsNotTemporaryEndsAtOnce makes one request.
func TestWhatIsNotTemporaryEndsAtOnce(t *testing.T) {
	for _, fails := range []error{changed("x"), &Error{text: "denied"}, errTranscoded} {
		synctest.Test(t, func(t *testing.T) {
			requests := 0
			_, err := readObject(objectIn(10, true, func(context.Context, request) (reply, error) {
				requests++
				return reply{}, fails
			}))
			if !errors.Is(err, fails) || requests != 1 {
				t.Errorf("%v after %d requests", err, requests)
			}
		})
	}
}

// TestWaitingEndsWithTheContext cancels while the next request is waited for, and while one is silent.
func TestWaitingEndsWithTheContext(t *testing.T) {
	for _, silent := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			o := objectIn(10, true, func(ctx context.Context, _ request) (reply, error) {
				if silent {
					<-ctx.Done()
					return reply{}, ctx.Err()
				}
				return reply{}, errors.New("connection refused")
			})
			ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Second, errors.New("enough"))
			defer cancel()
			began := time.Now()
			err := o.read(ctx, 0, 10, &bytesSink{left: make([]byte, 10)})
			if err == nil || err.Error() != "enough" || time.Since(began) != 20*time.Second {
				t.Error(err, time.Since(began))
			}
		})
	}
}

// plainService has no more than names of buckets.
type plainService struct{ service }

func (plainService) split(rest string) (name, key string) { return rest, "" }
func (plainService) place() string                        { return "" }

// hangingBucket is a bucket whose first list never arrives.
type hangingBucket struct {
	bucket
	lists int
}

func (b *hangingBucket) list(ctx context.Context, _, _ string) (found []listed, next string, err error) {
	if b.lists++; b.lists == 1 {
		<-ctx.Done()
		return nil, "", ctx.Err()
	}
	return []listed{{key: "x"}}, "", nil
}

// TestAListThatNeverArrivesIsAskedForAgain has a store that sends the beginning of a list and then nothing.
func TestAListThatNeverArrivesIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &hangingBucket{}
		s := newStore(&shared{}, "s3", plainService{})
		s.buckets["b"] = b
		s.shared.reached.Store(true)
		found, err := s.List(t.Context(), "s3://b")
		if err != nil || len(found) != 1 || b.lists != 2 {
			t.Errorf("found %v after %d requests, %v", found, b.lists, err)
		}
	})
}

// repeatingBucket is a bucket whose list has the same part again and again.
type repeatingBucket struct{ bucket }

func (repeatingBucket) list(context.Context, string, string) (found []listed, next string, err error) {
	return []listed{{key: "x"}}, "after x", nil
}

func TestAListThatNeverEndsIsRefused(t *testing.T) {
	s := newStore(&shared{}, "s3", plainService{})
	s.buckets["b"] = repeatingBucket{}
	if found, err := s.List(t.Context(), "s3://b"); !errors.Is(err, source.ErrUnavailable) {
		t.Errorf("found %d, %v", len(found), err)
	}
}

// TestNoConnectionAtAllPointsToTheEndpoint shows that what ends in vain attempts to connect says what may be
// wrong, and not only that the network is to work.
func TestNoConnectionAtAllPointsToTheEndpoint(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	err := (&patience{longest: firstTry}).givenUp(refused)
	said, ok := errors.AsType[*Error](err)
	if !ok || !strings.Contains(said.Hint(), "--s3-endpoint") || !strings.Contains(said.Hint(), "run the same command again") {
		t.Errorf("%v, hint %q", err, said.Hint())
	}
}
