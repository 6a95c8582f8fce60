package mapping

import (
	"bytes"
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"ph2cio/internal/customerio"
	"ph2cio/internal/posthog"
)

// Classify says what a row is by its own name and times, without knowing its person: Send, if the person is sent.
func (r *Rules) Classify(e *posthog.Event) Outcome {
	c := r.classify(e)
	return c.Outcome
}

// class is what a row is by itself.
type class struct {
	Outcome
	name *name
	at   posthog.Time // of Send: the time to send it with
}

func (r *Rules) classify(e *posthog.Event) class {
	n := r.names.of(e.Name)
	if n.outcome.Bucket != Send {
		return class{Outcome: n.outcome, name: n}
	}
	at, bad := r.span.when(e)
	if bad.Bucket == Rejected {
		return class{Outcome: bad, name: n}
	}
	if reason := r.span.skips(e, at); reason != "" {
		return class{Outcome: skipped(reason), name: n}
	}
	c := class{Outcome: n.outcome, name: n, at: at}
	if c.Recent = r.span.recent(at); c.Recent && r.holdRecent {
		c.Outcome = skipped(ReasonRecent)
	}
	return c
}

// name is what an event's name alone decides.
type name struct {
	outcome Outcome
	alias   bool   // of FeedsPerson: the row names a second ID
	plain   []byte // of an event: its name in Customer.io
	cuts    cuts   // made to get that
}

// names decides by event names and remembers what it decided. It may be used from many goroutines.
type names struct {
	only, skip globs

	lock  sync.Mutex // held to add one
	known atomic.Pointer[map[string]*name]
}

// These bound what is remembered: in an export where names are made of IDs, nearly each is new.
const (
	maxNames      = 2048
	maxNameLength = 1024
)

func (n *names) of(text []byte) *name {
	if known := n.known.Load(); known != nil {
		if found := (*known)[string(text)]; found != nil {
			return found
		}
	}
	return n.add(string(text))
}

func (n *names) add(text string) *name {
	decided := n.decide(text)
	if len(text) > maxNameLength {
		return decided
	}
	n.lock.Lock()
	defer n.lock.Unlock()
	known := map[string]*name{}
	if old := n.known.Load(); old != nil {
		if len(*old) >= maxNames {
			return decided
		}
		known = maps.Clone(*old)
	}
	known[text] = decided
	n.known.Store(&known)
	return decided
}

func (n *names) decide(text string) *name {
	switch text {
	case "$groupidentify":
		return &name{outcome: skipped(ReasonGroup)}
	case "$identify", "$set", "$unset":
		return &name{outcome: Outcome{Bucket: FeedsPerson}}
	case "$create_alias", "$merge_dangerously":
		return &name{outcome: Outcome{Bucket: FeedsPerson}, alias: true}
	}
	if reason := n.skips(text); reason != "" {
		return &name{outcome: skipped(reason)}
	}
	switch text {
	case "$pageview":
		return &name{outcome: Outcome{Action: customerio.Page}}
	case "$screen":
		return &name{outcome: Outcome{Action: customerio.Screen}}
	}
	return eventNamed(text)
}

// skips returns why events of a name are left out, "" when they are not.
func (n *names) skips(text string) string {
	text = strings.TrimSpace(text)
	named := n.only.match(text)
	switch {
	case !named && posthog.Noise([]byte(text)):
		return ReasonNoise
	case len(n.only) > 0 && !named, n.skip.match(text):
		return ReasonFiltered
	}
	return ""
}

// eventNamed makes a name fit. The API trims names too (docs.customer.io/journeys/invalid-api-requests).
func eventNamed(text string) *name {
	n := &name{outcome: Outcome{Action: customerio.Event}}
	mended, found := mendedText([]byte(text))
	n.cuts.addFlaws(found)
	n.plain = bytes.TrimSpace(mended)
	if len(n.plain) == 0 {
		return &name{outcome: rejected(ReasonNoName, "the event has no name")}
	}
	if len(n.plain) > customerio.MaxEventName {
		n.plain = bytes.TrimSpace(shortened(n.plain, customerio.MaxEventName))
		n.cuts.add(cutEventName)
	}
	return n
}
