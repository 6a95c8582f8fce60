package sandbox

import (
	"fmt"
	"slices"
	"time"
)

// Faults are errors that tests ask for: what the sandbox does wrong on purpose. The zero value asks for none.
type Faults struct {
	RateLimit RateLimit `json:"rate_limit,omitzero"`
	Answers   []Answer  `json:"answers,omitempty"` // the first that applies to a request is given
	Refuse    []Refusal `json:"refuse,omitempty"`  // the first that applies to an operation

	Delay      Duration `json:"delay,omitzero"`       // after the body is read, before anything is applied
	Trickle    Trickle  `json:"trickle,omitzero"`     // slow answers
	MangleSeed uint64   `json:"mangle_seed,omitzero"` // of OmitAtRandom
	Mangle     []Mangle `json:"mangle,omitempty"`     // how the errors of a 207 are spoilt

	Apply     Apply    `json:"apply,omitzero"`      // late, in another order
	NoDedup   bool     `json:"no_dedup,omitzero"`   // an event's ID means nothing
	ClockSkew Duration `json:"clock_skew,omitzero"` // of the Date header
}

// RateLimit is a bucket of requests to batch and entity; one over it is answered 429.
type RateLimit struct {
	Rate       float64    `json:"rate"`                 // requests a second; 0 is no limit
	Burst      int        `json:"burst,omitzero"`       // 0 is 1
	RetryAfter RetryAfter `json:"retry_after,omitzero"` // empty is seconds
}

// RetryAfter is a form of the Retry-After header.
type RetryAfter string

const (
	RetrySeconds RetryAfter = "seconds"
	RetryDate    RetryAfter = "date"   // an HTTP date
	RetryAbsurd  RetryAfter = "absurd" // a day
	RetryGarbage RetryAfter = "garbage"
	RetryNone    RetryAfter = "none"
)

// Answer replaces the answer to some requests. Which: those on the call On, after the first After of them,
// the Next ones, or each with Probability; with neither, every one.
type Answer struct {
	On          string  `json:"on,omitzero"` // empty: batch and entity; else region, batch, entity or any
	After       int     `json:"after,omitzero"`
	Next        int     `json:"next,omitzero"`
	Probability float64 `json:"probability,omitzero"`
	Seed        uint64  `json:"seed,omitzero"`

	Status     int    `json:"status,omitzero"`      // 200 to 999; not needed with Reset
	Body       Body   `json:"body,omitzero"`        // empty is json
	Text       string `json:"text,omitzero"`        // in place of the body
	Location   string `json:"location,omitzero"`    // header of a redirect
	RetryAfter string `json:"retry_after,omitzero"` // header, as it is
	Applied    bool   `json:"applied,omitzero"`     // the request is read and applied first
	Reset      bool   `json:"reset,omitzero"`       // the connection breaks before the body is read; with Applied, after
}

// Body is what an injected answer holds.
type Body string

const (
	BodyJSON  Body = "json"
	BodyHTML  Body = "html"  // as a proxy would say it
	BodyText  Body = "text"  // neither JSON nor HTML
	BodyCut   Body = "cut"   // JSON that ends too early
	BodyEmpty Body = "empty" // nothing at all

	BodyEmptyErrors Body = "empty_errors" // a list of errors with nothing in it
	BodyNullErrors  Body = "null_errors"
	BodyNoErrors    Body = "no_errors" // an object without them
)

// Refusal refuses operations that would be accepted. An operation is meant when Match is its name, its id or
// the value of an identifier, or Contains stands in its JSON; with neither, each is. If Field is
// attributes.<name>, only while it has that attribute.
type Refusal struct {
	Match    string `json:"match,omitzero"`
	Contains string `json:"contains,omitzero"`
	Field    string `json:"field,omitzero"`
	Reason   string `json:"reason,omitzero"`
	Message  string `json:"message,omitzero"`
	Always   bool   `json:"always,omitzero"` // even without the attribute that Field names
	Whole    bool   `json:"whole,omitzero"`  // the whole request is refused
	Status   int    `json:"status,omitzero"` // of Whole: 0 is 400; 413 comes in HTML
}

// Trickle sends filler bytes, spaces that JSON allows, one by one before an answer's body.
type Trickle struct {
	Bytes int      `json:"bytes,omitzero"`
	Pause Duration `json:"pause,omitzero"` // before each
}

// Apply makes accepted operations visible late: each at a moment between half of Delay and Delay, drawn from
// Seed, so that they apply in another order.
type Apply struct {
	Delay Duration `json:"delay,omitzero"`
	Seed  uint64   `json:"seed,omitzero"`
}

// Mangle is a way to spoil the errors of an answer. Several apply one after the other.
type Mangle string

const (
	NoReason      Mangle = "no_reason"
	NoField       Mangle = "no_field"
	NoMessage     Mangle = "no_message"
	NoIndex       Mangle = "no_index"
	OmitAtRandom  Mangle = "omit_at_random" // reason, field and message, each or not
	Repeated      Mangle = "repeated"       // the first error twice
	OutOfOrder    Mangle = "out_of_order"   // the last first
	OutOfRange    Mangle = "out_of_range"   // one more, beyond the batch
	NegativeIndex Mangle = "negative_index" // one more, below 0
	TextIndex     Mangle = "text_index"     // indexes are strings
	FractionIndex Mangle = "fraction_index" // indexes are 0.5 too large
	HugeIndex     Mangle = "huge_index"     // indexes fit no machine integer
	NotObjects    Mangle = "not_objects"    // errors holds strings
	NotAnArray    Mangle = "not_an_array"   // errors is an object
	NullErrors    Mangle = "null_errors"
	EmptyErrors   Mangle = "empty_errors" // an array without errors
)

var (
	retryForms = []RetryAfter{"", RetrySeconds, RetryDate, RetryAbsurd, RetryGarbage, RetryNone}
	bodies     = []Body{"", BodyJSON, BodyHTML, BodyText, BodyCut, BodyEmpty,
		BodyEmptyErrors, BodyNullErrors, BodyNoErrors}
	calls   = []string{"", "region", "batch", "entity", "any"}
	mangles = []Mangle{NoReason, NoField, NoMessage, NoIndex, OmitAtRandom, Repeated, OutOfOrder, OutOfRange,
		NegativeIndex, TextIndex, FractionIndex, HugeIndex, NotObjects, NotAnArray, NullErrors, EmptyErrors}
)

// check returns an error for values that no fault can have.
func (f Faults) check() error {
	if f.RateLimit.Rate < 0 || f.RateLimit.Burst < 0 || f.Delay < 0 || f.Trickle.Pause < 0 || f.Apply.Delay < 0 {
		return fmt.Errorf("faults: a rate, a burst and a time cannot be negative")
	}
	if !slices.Contains(retryForms, f.RateLimit.RetryAfter) {
		return fmt.Errorf("faults: retry_after %q: use one of %q", f.RateLimit.RetryAfter, retryForms[1:])
	}
	for _, m := range f.Mangle {
		if !slices.Contains(mangles, m) {
			return fmt.Errorf("faults: mangle %q: use some of %q", m, mangles)
		}
	}
	for _, a := range f.Answers {
		if err := a.check(); err != nil {
			return err
		}
	}
	for _, r := range f.Refuse {
		if r.Status != 0 && (r.Status < 400 || r.Status > 999) {
			return fmt.Errorf("faults: refuse: status %d: use 400 to 999", r.Status)
		}
	}
	return nil
}

func (a Answer) check() error {
	if !slices.Contains(calls, a.On) {
		return fmt.Errorf("faults: answers: on %q: use one of %q", a.On, calls[1:])
	}
	if !slices.Contains(bodies, a.Body) {
		return fmt.Errorf("faults: answers: body %q: use one of %q", a.Body, bodies[1:])
	}
	if !a.Reset && (a.Status < 200 || a.Status > 999) {
		return fmt.Errorf("faults: answers: status %d: use 200 to 999, or reset", a.Status)
	}
	if a.Probability < 0 || a.Probability > 1 {
		return fmt.Errorf("faults: answers: probability %v: use 0 to 1", a.Probability)
	}
	return nil
}

// Duration is a time.Duration that JSON shows as text, such as "150ms".
type Duration time.Duration

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = Duration(parsed)
	return err
}
