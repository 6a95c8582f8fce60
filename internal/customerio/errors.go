package customerio

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"ph2cio/internal/exit"
)

// APIError is a request that did not succeed.
type APIError struct {
	Request    string        // what was requested from whom, the beginning of the error
	Status     int           // 0 when no answer came
	RetryAfter time.Duration // how long the API asks to wait; 0 when it does not say
	Reasons    []Fault       // what a RefusedWhole says is wrong
	Excerpt    string        // the start of any other answer, quoted: untrusted, without secrets
	Location   string        // where a Redirected points: scheme and host, quoted
	Cause      string        // what went wrong when no usable answer came, without secrets

	class Class // 0: derived from Status
}

// Class returns the kind of error.
func (e *APIError) Class() Class {
	if e.class != 0 {
		return e.class
	}
	return classOf(e.Status)
}

// of completes an error that parsing an answer has found: what was requested, and the answer's status and
// excerpt.
func (e *APIError) of(request string, status int, excerpt string) *APIError {
	e.Request, e.Status, e.Excerpt = request, status, excerpt
	return e
}

// ExitCode returns the exit code of the program for this error. A redirect means a wrong setting, most likely
// the region.
func (e *APIError) ExitCode() int {
	switch e.Class() {
	case Unauthorized:
		return exit.Credentials
	case Redirected:
		return exit.Usage
	}
	return exit.Destination
}

// Hint returns nothing: the error itself says what to do.
func (e *APIError) Hint() string { return "" }

// Temporary reports whether err is an APIError that is temporary and was not given up.
func Temporary(err error) bool {
	var gaveUp *GaveUpError
	var api *APIError
	return !errors.As(err, &gaveUp) && errors.As(err, &api) && api.Temporary()
}

// Error says what was requested, what came back, and what to do about it.
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

// Quotes returns what Error quotes of an answer, as it stands there: it is untrusted, and may name somebody.
func (e *APIError) Quotes() (all []string) {
	all = append(all, e.Excerpt)
	if len(e.Reasons) > 0 {
		all = append(all, describedText(&e.Reasons[0]))
	}
	return slices.DeleteFunc(all, func(text string) bool { return text == "" || text == `""` })
}

// describe names the first fault, and how many more there are.
func describe(faults []Fault) string {
	if len(faults) == 0 {
		return ""
	}
	text := ": " + describedText(&faults[0])
	if more := len(faults) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func describedText(f *Fault) string {
	var parts []string
	for _, text := range []string{f.Reason, f.Field, f.Message} {
		if text != "" {
			parts = append(parts, quoted(text))
		}
	}
	return strings.Join(parts, ", ")
}

// GaveUpError is the error of a batch whose retries are used up.
type GaveUpError struct {
	Tries   int
	Elapsed time.Duration
	Err     error // the last one
}

func (e *GaveUpError) Error() string {
	return fmt.Sprintf("gave up after %d tries in %s: %v", e.Tries, e.Elapsed.Round(time.Second), e.Err)
}

// Unwrap returns the error of the last attempt.
func (e *GaveUpError) Unwrap() error { return e.Err }

// SystemicError ends a run in which the API refuses one operation after the other for one reason. It would
// refuse the others too.
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

// ExitCode returns the exit code of the program for this error.
func (e *SystemicError) ExitCode() int { return exit.Destination }

// Hint returns nothing: the last refusal says what is wrong.
func (e *SystemicError) Hint() string { return "" }
