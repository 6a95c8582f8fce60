package mapping

import (
	"strings"
	"testing"

	"ph2cio/internal/posthog"
)

func TestNamesDecideWhatBecomesOfProperties(t *testing.T) {
	r := newRules(t, Options{DropProperties: []string{"internal_*"}, DateAttributes: []string{"*_on"}})
	long := strings.Repeat("x", 151)
	for name, want := range map[string]string{
		"plan": "sent", "$browser": "left_out", "$current_url": "sent", "token": "left_out", "internal_note": "left_out",
		"password": "redacted", "recipient": "reserved", long: "name_too_long", "": "name_too_long",
	} {
		if got := r.EventProperty(name); got != want {
			t.Errorf("event property %q: %s, want %s", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"plan": "sent", "$browser": "left_out", "email": "sent", "renewed_on": "date", "created_at": "date",
		"unsubscribed": "reserved", "_x": "reserved", "api_key": "redacted",
	} {
		if got := r.PersonProperty(name); got != want {
			t.Errorf("person property %q: %s, want %s", name, got, want)
		}
	}
}

func TestEventNamesDecideBeforeTimes(t *testing.T) {
	r := newRules(t, Options{HoldRecent: true})
	e := row("order completed", `{}`)
	e.Timestamp = posthog.Time{State: posthog.Unreadable}
	if o := r.EventName(e.Name); o.Bucket != Send || o.Action != "event" {
		t.Errorf("by its name: %+v", o)
	}
	if _, o := r.When(e); o.Reason != ReasonBadTimestamp {
		t.Errorf("by its time: %+v", o)
	}
	if at, o := r.When(row("x", `{}`)); o.Bucket != Send || at != known(rowTime) {
		t.Errorf("%v, %+v", at, o)
	}
}
