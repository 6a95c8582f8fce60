package codec

import (
	"errors"
	"fmt"
	"io"
)

// Damage is what a Stream returns when the file is not what it was when it was compressed.
type Damage struct {
	Err   error
	Keep  bool   // what was read is right as far as it goes: the file just ends too soon
	Minor bool   // everything has been read
	Hint  string // what to do about it; empty for the usual
}

func (d *Damage) Error() string { return d.Err.Error() }
func (d *Damage) Unwrap() error { return d.Err }

// damaged is err, as damage unless it is trouble with the disk.
func damaged(err error) error {
	if _, ok := errors.AsType[*diskError](err); ok {
		return err
	}
	d := &Damage{Err: err}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		d.Err, d.Keep = fmt.Errorf("the file is cut off: %w", err), true
	}
	if padding, ok := errors.AsType[*paddingError](err); ok {
		d.Keep, d.Minor = true, padding.few
	}
	return d
}

// Gap says that text is missing before what a stream will give next.
type Gap struct{ *Damage }

// diskError is trouble with the file itself, not with what is in it.
type diskError struct{ error }

func (e *diskError) Unwrap() error { return e.error }
