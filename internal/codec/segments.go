package codec

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
)

// segmentSize is how many bytes of a file are decompressed at a time.
const segmentSize = 256 << 10

// mostText is the largest text of a segment, in bytes, that is decompressed ahead of its turn. Larger ones
// are read member by member.
const mostText = 16 << 20

// segment is a piece of a gzip file.
type segment struct {
	data    []byte        // bytes of the file
	members bool          // data is guessed to be whole members
	done    chan struct{} // closed when text and err are set; nil if no goroutine decompresses the segment
	slot    chan struct{} // if done is not nil: where release takes a value out
	text    []byte
	err     error
}

// inflated waits for the text, or decompresses it now, and reports whether the guess was right.
func (s *segment) inflated() bool {
	if s.done == nil {
		s.inflate()
	} else {
		<-s.done
	}
	return s.err == nil
}

var (
	inflaters = sync.Pool{New: func() any { return new(gzip.Reader) }}
	packed    = sync.Pool{New: func() any { return new(make([]byte, 0, 2*segmentSize)) }}
	texts     = sync.Pool{New: func() any { return new(make([]byte, 0, 2<<20)) }}
)

func takeFrom(pool *sync.Pool) []byte { return (*pool.Get().(*[]byte))[:0] }

func giveTo(pool *sync.Pool, b []byte) { pool.Put(&b) }

var errLong = errors.New("longer than is decompressed at a time")

// inflate decompresses the members. If it leaves err nil, the checksum of each member was right.
func (s *segment) inflate() {
	z := inflaters.Get().(*gzip.Reader)
	defer inflaters.Put(z)
	s.text = takeFrom(&texts)
	if s.err = z.Reset(bytes.NewReader(s.data)); s.err != nil {
		return
	}
	for s.err == nil {
		if len(s.text) == cap(s.text) {
			if len(s.text) >= mostText {
				s.err = errLong
				return
			}
			s.text = slices.Grow(s.text, min(len(s.text), mostText-len(s.text)))
		}
		var n int
		n, s.err = z.Read(s.text[len(s.text):cap(s.text)])
		s.text = s.text[:len(s.text)+n]
	}
	if s.err == io.EOF {
		s.err = nil
	}
}

// release gives the buffers of the segment back.
func (s *segment) release() {
	if s.done != nil {
		<-s.done
		<-s.slot
	}
	giveTo(&packed, s.data)
	if s.text != nil {
		giveTo(&texts, s.text)
	}
	s.data, s.text = nil, nil
}

const (
	memberMagic   = "\x1f\x8b\x08"
	reservedFlags = 0xe0
)

// A segmenter cuts a file into segments on one goroutine and decompresses them on others, ahead of the
// reader. close stops them all.
type segmenter struct {
	file    io.Reader
	size    int // of a segment
	ahead   chan *segment
	slots   chan struct{} // one value for each segment from the start of its goroutine to its release
	quit    chan struct{}
	running sync.WaitGroup
	guess   atomic.Bool // decompress segments ahead of their turn
	err     error       // of reading the file; valid when ahead is closed

	current, peeked *segment
}

// inflating is how many segments are decompressed, or wait decompressed, at the same time.
func inflating() int { return min(max(3, runtime.GOMAXPROCS(0)), 16) }

// segmentsAhead is how many segments are read ahead, so that decompressing does not wait for the disk or the
// scheduler.
const segmentsAhead = 4

func newSegmenter(file io.Reader, size int) *segmenter {
	s := &segmenter{
		file:  &countedInput{file: file}, // which marks an error of the file, lest it is taken for the end
		size:  size,
		ahead: make(chan *segment, segmentsAhead),
		slots: make(chan struct{}, inflating()),
		quit:  make(chan struct{}),
	}
	s.guess.Store(true)
	s.running.Go(s.cut)
	return s
}

func (s *segmenter) close() {
	close(s.quit)
	s.running.Wait()
}

func (s *segmenter) speculate(on bool) { s.guess.Store(on) }

// next returns the next segment, which is valid until the next call. The error is io.EOF or that of reading
// the file.
func (s *segmenter) next() (*segment, error) {
	if s.current != nil {
		s.current.release()
		s.current = nil
	}
	s.peek()
	s.current, s.peeked = s.peeked, nil
	if s.current == nil {
		if s.err != nil {
			return nil, s.err
		}
		return nil, io.EOF
	}
	return s.current, nil
}

func (s *segmenter) peek() {
	if s.peeked == nil {
		s.peeked = <-s.ahead
	}
}

func (s *segmenter) nextIsMembers() bool {
	s.peek()
	return s.peeked != nil && s.peeked.members
}

// cut reads the file to its end and queues its segments.
func (s *segmenter) cut() {
	defer close(s.ahead)
	var rest []byte
	aligned := true // rest begins with a member
	for {
		data := append(takeFrom(&packed), rest...)
		data = slices.Grow(data, s.size)
		n, err := io.ReadFull(s.file, data[len(data):len(data)+s.size])
		data = data[:len(data)+n]
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			s.err = err
			s.put(&segment{data: data})
			return
		}
		if err != nil {
			s.put(&segment{data: data, members: aligned})
			return
		}
		end := lastMember(data)
		if end < 0 {
			end = len(data)
		}
		whole := aligned && end < len(data)
		rest, aligned = append(rest[:0], data[end:]...), end < len(data)
		if !s.put(&segment{data: data[:end], members: whole}) {
			return
		}
	}
}

// put queues a segment and, if guesses are right at present, starts a goroutine that decompresses it. It
// returns false after close.
func (s *segmenter) put(g *segment) bool {
	if g.members && s.guess.Load() {
		select {
		case s.slots <- struct{}{}:
		case <-s.quit:
			return false
		}
		g.done, g.slot = make(chan struct{}), s.slots
		s.running.Go(func() {
			defer close(g.done)
			g.inflate()
		})
	}
	select {
	case s.ahead <- g:
		return true
	case <-s.quit:
		return false
	}
}

// lastMember returns the offset of what looks like the last member within data, not counting one at 0, and -1
// if there is none.
func lastMember(data []byte) int {
	const near = 16 << 10 // if members are rows, one begins within so many bytes of the end
	if at := lastMagic(data, max(1, len(data)-near)); at >= 0 {
		return at
	}
	return lastMagic(data, 1)
}

// lastMagic returns the offset of the last header at or after from, -1 if there is none.
func lastMagic(data []byte, from int) int {
	last := -1
	for {
		next := bytes.Index(data[from:], []byte(memberMagic))
		if next < 0 {
			return last
		}
		if at := from + next; at+3 < len(data) && data[at+3]&reservedFlags == 0 {
			last = at
		}
		from += next + 1
	}
}
