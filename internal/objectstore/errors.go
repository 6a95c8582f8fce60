package objectstore

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ph2cio/internal/exit"
	"ph2cio/internal/source"
)

// Error says why a store could not do what it was asked for. It has no text of the service, and no secrets.
type Error struct {
	text      string
	hint      string
	code      int  // of the exit; 0 if it has none of its own
	temporary bool // the same request may succeed later
	denied    bool // a permission is missing

	unexplained bool // the service has not said why

	is error // source.ErrChanged, fs.ErrNotExist or source.ErrUnavailable; nil for none
}

func (e *Error) Error() string { return e.text }

// Unwrap returns source.ErrChanged, fs.ErrNotExist or source.ErrUnavailable, if the error is of that kind.
func (e *Error) Unwrap() error { return e.is }

// ExitCode returns exit.Credentials if the credentials are missing or were refused, exit.State if a temporary
// file cannot be written, otherwise exit.Failed.
func (e *Error) ExitCode() int { return cmp.Or(e.code, exit.Failed) }

// Hint says what to do about the error; empty for nothing.
func (e *Error) Hint() string { return e.hint }

// isTemporary reports whether the same request may succeed later. Most errors of a connection may.
func isTemporary(err error) bool {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.temporary
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return false
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return false
	}
	if _, ok := errors.AsType[*localError](err); ok {
		return false
	}
	return !errors.Is(err, context.Canceled) && !errors.Is(err, errTranscoded)
}

// plain returns an error as users may see it: without URLs, and without what a library adds.
func plain(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*localError](err); ok {
		return e.error
	}
	if cause := plainCause(err); cause != "" {
		return &Error{text: cause, hint: "check the network, and --s3-endpoint or --azure-endpoint if it is set", is: source.ErrUnavailable}
	}
	return err
}

// plainCause describes an error of a connection; empty if it is none.
func plainCause(err error) string {
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Sprintf("the host %q has no address", e.Name)
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err.Error()
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return e.Error()
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection broke"
	}
	return ""
}

// errTranscoded says that a service sends another text than it has stored, such as a decompressed one, so
// that parts of the object cannot be asked for.
var errTranscoded = errors.New("the service sends the object in another form than it is stored")

// localError is an error of this machine's disk.
type localError struct{ error }

func (e *localError) Unwrap() error { return e.error }

// changed is the error for an object that does not have the requested tag any more.
func changed(text string) *Error { return &Error{text: text, is: source.ErrChanged} }

// described returns what a service has answered: the status, its code, and the ID of the request.
func described(status int, code, id string) string {
	text := strconv.Itoa(status)
	if code = word(code); code != "" && code != text {
		text += " " + code
	}
	if id = word(id); id != "" {
		text += fmt.Sprintf(" (request ID %s)", id)
	}
	return text
}

// word returns a word of a service that may be shown, empty for anything else.
func word(text string) string {
	odd := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_.:+/=", r))
	}
	if len(text) > 100 || strings.ContainsFunc(text, odd) {
		return ""
	}
	return text
}

// unavailableFor returns source.ErrUnavailable for a request about a whole bucket.
func unavailableFor(what string) error {
	if what == "list" {
		return source.ErrUnavailable
	}
	return nil
}

// throttleHint says what to do about a temporary error.
func throttleHint(code string, status int) string {
	if code == "SlowDown" || status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		return "the store is busy: wait"
	}
	return "wait"
}

// missing is the error for an object that does not exist.
func missing() *Error { return &Error{text: "it does not exist", is: fs.ErrNotExist} }
