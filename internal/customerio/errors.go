package customerio

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"ph2cio/internal/exit"
)

// Class is a kind of trouble with the Track API, by what can be done about it.
type Class uint8

const (
	_             Class = iota
	Unanswered          // no answer, or not a whole one: a network error or a timeout
	Unavailable         // 408 or 5xx, or a 2xx that is not JSON and so not from the API
	Throttled           // 429
	Unclear             // a 2xx from which it cannot be told which operations were rejected
	RefusedWhole        // 400 or 413: nothing of the request was accepted
	Unauthorized        // 401 or 403
	Redirected          // 3xx: most likely the wrong region
	Unexpected          // any other status
	Misconfigured       // no request could be sent as this machine is set up: certificates, or the proxy
)

// APIError is a request that did not succeed.
type APIError struct {
	Request    string        // what was asked of whom, to begin the error with
	Status     int           // 0 when no answer came
	RetryAfter time.Duration // how long the API asks to wait; 0 when it does not say
	Reasons    []Fault       // what a RefusedWhole says is wrong
	Excerpt    string        // the start of another answer, quoted: not trusted, without secrets
	Location   string        // where a Redirected points: scheme and host, quoted
	Cause      string        // what went wrong when no usable answer came, without secrets

	class Class // 0: told by Status
}

// Class is the kind of trouble.
func (e *APIError) Class() Class {
	switch {
	case e.class != 0:
		return e.class
	case e.Status == 0:
		return Unanswered
	case e.Status == http.StatusTooManyRequests:
		return Throttled
	case e.Status == http.StatusRequestTimeout, e.Status >= 500, e.Status >= 200 && e.Status < 300:
		return Unavailable
	case e.Status == http.StatusBadRequest, e.Status == http.StatusRequestEntityTooLarge:
		return RefusedWhole
	case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden:
		return Unauthorized
	case e.Status >= 300 && e.Status < 400:
		return Redirected
	}
	return Unexpected
}

// ExitCode is what the program ends with. A redirect comes of a wrong setting, most likely the region.
func (e *APIError) ExitCode() int {
	switch e.Class() {
	case Unauthorized:
		return exit.Credentials
	case Redirected:
		return exit.Usage
	}
	return exit.Destination
}

// Hint is empty: the error itself says what to do.
func (e *APIError) Hint() string { return "" }

// Temporary tells whether the same request may succeed later. Nothing else decides what is sent again. An Unclear answer
// is worth one more try, not more.
func (e *APIError) Temporary() bool {
	switch e.Class() {
	case Unanswered, Unavailable, Throttled, Unclear:
		return true
	}
	return false
}

// answers tells whether the API said something of its own, whatever it was: it is not failing.
func (e *APIError) answers() bool {
	switch e.Class() {
	case Unanswered, Unavailable, Unclear, Misconfigured:
		return false
	}
	return true
}

// final tells whether every other request would be refused alike.
func (e *APIError) final() bool {
	switch e.Class() {
	case Unauthorized, Redirected, Misconfigured:
		return true
	}
	return false
}

// Temporary tells whether err is an APIError that is, and that has not been given up yet.
func Temporary(err error) bool {
	var gaveUp *GaveUpError
	var api *APIError
	return !errors.As(err, &gaveUp) && errors.As(err, &api) && api.Temporary()
}

// Error says what was asked, what came back, and what to do about it.
func (e *APIError) Error() string {
	text, advice := e.says()
	if e.Request != "" {
		text = e.Request + ": " + text
	}
	if e.Excerpt != "" && e.Excerpt != `""` {
		text += " (" + e.Excerpt + ")"
	}
	if advice != "" {
		text += ": " + advice
	}
	return text
}

func (e *APIError) says() (what, advice string) {
	status := strings.TrimSpace(fmt.Sprint(e.Status, " ", http.StatusText(e.Status)))
	switch e.Class() {
	case Unanswered:
		return "no answer: " + e.Cause, ""
	case Throttled:
		return "answered " + status, "lower --rate"
	case Unclear:
		return "answered " + status + " without saying which operations were rejected", e.Cause
	case RefusedWhole:
		return "refused with " + status + describe(e.Reasons), ""
	case Unauthorized:
		return "refused with " + status, "check CUSTOMERIO_SITE_ID and CUSTOMERIO_API_KEY (Track API credentials, " +
			"not an App API key) and CUSTOMERIO_REGION"
	case Redirected:
		return "answered " + status + e.towards(),
			"ph2cio sends no credentials there; the workspace is most likely in the other region, set CUSTOMERIO_REGION to us or eu"
	case Misconfigured:
		return e.Cause, ""
	}
	return "answered " + status, e.Cause
}

func (e *APIError) towards() string {
	if e.Location == "" {
		return ""
	}
	return " to " + e.Location
}

// describe names the first fault, and how many more there are.
func describe(faults []Fault) string {
	if len(faults) == 0 {
		return ""
	}
	var parts []string
	for _, text := range []string{faults[0].Reason, faults[0].Field, faults[0].Message} {
		if text != "" {
			parts = append(parts, quoted(text))
		}
	}
	text := ": " + strings.Join(parts, ", ")
	if more := len(faults) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// GaveUpError is a batch that was tried again and again in vain.
type GaveUpError struct {
	Tries   int
	Elapsed time.Duration
	Err     error // the last one
}

func (e *GaveUpError) Error() string {
	return fmt.Sprintf("gave up after %d tries in %s: %v", e.Tries, e.Elapsed.Round(time.Second), e.Err)
}

// Unwrap returns the last try's error.
func (e *GaveUpError) Unwrap() error { return e.Err }

// SystemicError ends a run in which the API refuses one operation after the other for one reason: more of the same would
// only be refused too.
type SystemicError struct {
	Reason  string
	Refused int
	Err     error // the last refusal
}

func (e *SystemicError) Error() string {
	return fmt.Sprintf("stopped: Customer.io rejected %d operations in a row for the same reason (%s); "+
		"the last: %v", e.Refused, quoted(e.Reason), e.Err)
}

// Unwrap returns the last refusal.
func (e *SystemicError) Unwrap() error { return e.Err }

// ExitCode is what the program ends with.
func (e *SystemicError) ExitCode() int { return exit.Destination }

// Hint is empty: the last refusal says what is wrong.
func (e *SystemicError) Hint() string { return "" }
