package parquet

import (
	"bufio"
	"errors"
	"io"
)

// lookback decompresses blocks whose text is made of literals and of repetitions of what came before, piece by
// piece. A codec's reader says which of them is next.
type lookback struct {
	input   *bufio.Reader
	text    []byte // the end of what has been decompressed
	given   int    // how much of text Read has returned
	dropped bool   // there was more before text

	literal  int // how many bytes come from input next
	repeated int // how many bytes come after them from text
	back     int // from how far back
}

const (
	lookbackDistance = 64 << 10 // how far repetitions may refer back
	lookbackMemory   = 4 * lookbackDistance
)

var errBlock = errors.New("it is not in the form of its codec")

// begin begins to read another block.
func (l *lookback) begin(input *bufio.Reader) {
	if l.text == nil {
		l.text = make([]byte, 0, lookbackMemory)
	}
	*l = lookback{input: input, text: l.text[:0]}
}

// read is Read for a codec whose next sets what comes next, or returns io.EOF.
func (l *lookback) read(p []byte, next func() error) (n int, err error) {
	if l.given == len(l.text) {
		if err := l.fill(next); err != nil {
			return 0, err
		}
	}
	n = copy(p, l.text[l.given:])
	l.given += n
	return n, nil
}

// fill decompresses more. All of text has been given.
func (l *lookback) fill(next func() error) error {
	if len(l.text) > lookbackDistance {
		l.text = l.text[:copy(l.text, l.text[len(l.text)-lookbackDistance:])]
		l.dropped = true
	}
	l.given = len(l.text)
	for len(l.text) < cap(l.text) {
		var err error
		switch {
		case l.literal > 0:
			err = l.addLiteral()
		case l.repeated > 0:
			err = l.addRepeated()
		default:
			err = next()
		}
		switch {
		case err == io.EOF && l.given < len(l.text):
			return nil
		case err != nil:
			return err
		}
	}
	return nil
}

func (l *lookback) addLiteral() error {
	had := len(l.text)
	n := min(l.literal, cap(l.text)-had)
	if _, err := io.ReadFull(l.input, l.text[had:had+n]); err != nil {
		return unexpected(err)
	}
	l.text = l.text[:had+n]
	l.literal -= n
	return nil
}

func (l *lookback) addRepeated() error {
	had := len(l.text)
	switch {
	case l.back > had && l.dropped:
		return errWhole
	case l.back > had, l.back == 0:
		return errBlock
	}
	n := min(l.repeated, cap(l.text)-had)
	l.repeated -= n
	l.text = l.text[:had+n]
	for to := l.text[had:]; len(to) > 0; { // each copy may repeat what those before have added
		n := copy(to, l.text[had-l.back:len(l.text)-len(to)])
		to = to[n:]
	}
	return nil
}

// unexpected returns the error of reading within a block.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// little reads an integer of n bytes, the lowest first.
func (l *lookback) little(n int) (value int, err error) {
	for i := range n {
		b, err := l.input.ReadByte()
		if err != nil {
			return 0, unexpected(err)
		}
		value |= int(b) << (8 * i)
	}
	return value, nil
}
