package codec

import (
	"errors"
	"fmt"
	"io"
)

// Damage is the error of a Stream whose file was changed after compression: something is missing, changed or
// added. An error of reading the file is never a Damage.
type Damage struct {
	Err   error  // what is wrong with the file
	Keep  bool   // all text before it may be used: the file ends too soon, or has something else at its end
	Minor bool   // the whole text has been read
	Hint  string // what the user can do; empty if there is nothing special to say
	Rows  int64  // of a Gap: how many rows are missing, 0 if that is unknown
}

func (d *Damage) Error() string { return d.Err.Error() }
func (d *Damage) Unwrap() error { return d.Err }

// damaged makes a *Damage of what a decoder has returned. Errors of reading the file stay as they are.
func damaged(err error) error {
	if _, ok := errors.AsType[*inputError](err); ok {
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

// Gap is the error of a Stream that has left out a damaged part of its file. Reading may continue: the next
// Read gives the text that follows the gap.
type Gap struct{ *Damage }

// inputError is an error of reading the file, as opposed to one in what was read.
type inputError struct{ error }

func (e *inputError) Unwrap() error { return e.error }
