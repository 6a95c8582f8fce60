package mapping

import (
	"fmt"
	"math"
	"slices"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/posthog"
)

// span is the time in which an event must have happened to be sent, in unix microseconds.
type span struct {
	now          int64
	since, until int64 // until is not included
	liveSince    int64
	backfilled   []microRange
}

// Range is a range of times, up to but not including To. A zero From is the beginning of time.
type Range struct{ From, To time.Time }

// microRange is a Range in unix microseconds.
type microRange struct{ from, to int64 }

func newSpan(o Options) span {
	s := span{now: o.Now.UnixMicro(), since: math.MinInt64, until: math.MaxInt64, liveSince: math.MaxInt64}
	if !o.Since.IsZero() {
		s.since = o.Since.UnixMicro()
	}
	if !o.Until.IsZero() {
		s.until = o.Until.UnixMicro()
	}
	if !o.LiveSince.IsZero() {
		s.liveSince = o.LiveSince.UnixMicro()
	}
	for _, r := range o.LiveBackfilled {
		one := microRange{from: math.MinInt64, to: r.To.UnixMicro()}
		if !r.From.IsZero() {
			one.from = r.From.UnixMicro()
		}
		s.backfilled = append(s.backfilled, one)
	}
	return s
}

func (s span) bounded() bool {
	return s.since != math.MinInt64 || s.until != math.MaxInt64 || s.knowsLive()
}

func (s span) knowsLive() bool { return s.liveSince != math.MaxInt64 || len(s.backfilled) > 0 }

// when returns the time to send an event with. If it is missing or out of range the row is rejected, because
// the API would silently use the time of the request (Track API reference, timestamp), and a whole history
// would seem to have happened today. A time in the future comes from a visitor's wrong clock; the event then
// gets the time at which PostHog received it.
func (s span) when(e *posthog.Event) (posthog.Time, Outcome) {
	switch t := e.Timestamp; {
	case t.State == posthog.Missing:
		return t, rejected(ReasonBadTimestamp, "the event has no timestamp")
	case t.State == posthog.Unreadable:
		detail := "the event's timestamp cannot be read: " + posthog.Quoted(e.Unreadable)
		if _, err := time.Parse(time.DateOnly, string(e.Unreadable)); err == nil {
			detail += "; write " + string(e.Unreadable) + "T00:00:00Z"
		}
		return t, rejected(ReasonBadTimestamp, detail)
	case !sendable(t):
		return t, rejected(ReasonBadTimestamp, fmt.Sprintf("the timestamp %s is not between %s and %s",
			clock(t.Seconds()), clock(customerio.MinTimestamp), clock(customerio.MaxTimestamp)))
	case t.Micros <= s.now:
		return t, Outcome{}
	}
	if t := e.CreatedAt; t.State == posthog.Known && t.Micros <= s.now && sendable(t) {
		return t, Outcome{ByCreatedAt: true}
	}
	return e.Timestamp, rejected(ReasonFutureTimestamp,
		fmt.Sprintf("the timestamp %s is in the future, and the row has no earlier created_at to use instead",
			clock(e.Timestamp.Seconds())))
}

// at is when without the reason why there is no time, which takes longer to say.
func (s span) at(e *posthog.Event) (at posthog.Time, ok bool) {
	usable := func(t posthog.Time) bool { return t.State == posthog.Known && t.Micros <= s.now && sendable(t) }
	switch {
	case usable(e.Timestamp):
		return e.Timestamp, true
	case e.Timestamp.State == posthog.Known && sendable(e.Timestamp) && usable(e.CreatedAt):
		return e.CreatedAt, true
	}
	return e.Timestamp, false
}

// sendable reports whether the API accepts a time.
func sendable(t posthog.Time) bool {
	seconds := t.Seconds()
	return seconds >= customerio.MinTimestamp && seconds <= customerio.MaxTimestamp
}

// skips returns the reason why an event is left out because of its time, or "". at is the time to send it
// with.
func (s span) skips(e *posthog.Event, at posthog.Time) string {
	if at.Micros < s.since || at.Micros >= s.until {
		return ReasonOutOfRange
	}
	if e.TakenIn().Micros >= s.liveSince || s.wasBackfilled(e.Timestamp.Micros) {
		return ReasonLive
	}
	return ""
}

// wasBackfilled reports whether PostHog's own destination has sent an event with this timestamp in a
// backfill. Backfills choose events by `timestamp`, while the live destination sends what PostHog receives.
// Source: github.com/PostHog/posthog, pull requests 22673 and 41629.
func (s span) wasBackfilled(timestamp int64) bool {
	return slices.ContainsFunc(s.backfilled, func(r microRange) bool { return timestamp >= r.from && timestamp < r.to })
}

// recent reports whether an event could start a campaign.
func (s span) recent(at posthog.Time) bool {
	return s.now-at.Micros < customerio.CampaignAge.Microseconds()
}

func clock(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(time.RFC3339) }
