package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/sandbox/workspace"
)

const (
	ulid1 = "01KJW22XWRS7HDE5A5DNV5MHHW"
	ulid2 = "01KJW22XWRS7HDE5A5DNV5MHHX"
)

// ago is a timestamp so long before the box's now.
func (b *box) ago(d time.Duration) string { return fmt.Sprint(b.now.Add(-d).Unix()) }

// onlyEvent returns the event that must be the only one.
func (b *box) onlyEvent() workspace.Event {
	b.t.Helper()
	events := b.Events()
	if len(events) != 1 {
		b.t.Fatalf("events %+v, want one", events)
	}
	return events[0]
}

func TestS1NoTimestampIsTheTimeOfReceipt(t *testing.T) {
	b := newBox(t)
	b.accepts(eventOf("u", "e", ""))
	if e := b.onlyEvent(); e.Timestamp != noon.Unix() || !e.Received.Equal(noon) {
		t.Errorf("%+v, want noon", e)
	}
	if s := b.Stats(); s.WithoutTimestamp != 1 || s.TimestampRewritten != 0 {
		t.Errorf("%+v, want one without a timestamp, none rewritten", s)
	}
	given := newBox(t)
	given.accepts(eventOf("u", "e", `,"timestamp":1500000000`))
	if e := given.onlyEvent(); e.Timestamp != 1_500_000_000 || !e.Received.Equal(noon) {
		t.Errorf("%+v, want its own time", e)
	}
	if s := given.Stats(); s.WithoutTimestamp != 0 {
		t.Errorf("%+v, want none without a timestamp", s)
	}
}

func TestS2TimestampThatIsNotUnixSecondsBecomesNow(t *testing.T) {
	for _, bad := range []string{`"2020-01-01T00:00:00Z"`, `"1500000000"`, "1500000000000", "100000000000", "-1",
		"true", "null",
		"{}", "[1500000000]", `""`, "1e400"} {
		b := newBox(t)
		b.accepts(eventOf("u", "e", `,"timestamp":`+bad))
		b.accepts(`{"type":"person","identifiers":{"id":"v"},"action":"identify","timestamp":` + bad +
			`,"attributes":{"a":1}}`)
		if e := b.onlyEvent(); e.Timestamp != noon.Unix() {
			t.Errorf("%s: stored at %d, want now", bad, e.Timestamp)
		}
		if s := b.Stats(); s.TimestampRewritten != 2 || s.CouldTriggerCampaign != 1 {
			t.Errorf("%s: %d rewritten, %d could start a campaign: want 2 and 1", bad, s.TimestampRewritten,
				s.CouldTriggerCampaign)
		}
		if got := b.Activities(); len(got) != 2 || got[0].Type != "timestamp_rewritten" {
			t.Errorf("%s: activities %+v", bad, got)
		}
	}
	for good, want := range map[string]int64{"0": 0, "1500000000": 1_500_000_000, "1500000000.9": 1_500_000_000,
		"1.5e9": 1_500_000_000, "99999999999": 99_999_999_999} {
		b := newBox(t)
		b.accepts(eventOf("u", "e", `,"timestamp":`+good))
		if e := b.onlyEvent(); e.Timestamp != want || b.Stats().TimestampRewritten != 0 {
			t.Errorf("%s: stored at %d, want %d", good, e.Timestamp, want)
		}
	}
	future := newBox(t)
	future.accepts(eventOf("u", "e", `,"timestamp":`+future.ago(-time.Hour)),
		eventOf("u", "e", `,"timestamp":`+future.ago(0)))
	if s := future.Stats(); s.FutureTimestamp != 1 {
		t.Errorf("%d in the future, want 1", s.FutureTimestamp)
	}
}

func TestS3EventsAreStoredOnce(t *testing.T) {
	b := newBox(t)
	b.accepts(eventOf("u", "first", `,"id":"`+ulid1+`"`), eventOf("u", "again", `,"id":"`+ulid1+`"`))
	b.accepts(eventOf("v", "again", `,"id":"`+strings.ToLower(ulid1)+`"`)) // the workspace over, without case
	b.accepts(eventOf("u", "other", `,"id":"`+ulid2+`"`), eventOf("u", "none", ""), eventOf("u", "none", ""))
	if got := b.names(); got != "first other none none" {
		t.Errorf("stored %s", got)
	}
	s := b.Stats()
	if s.Deduped != 2 || s.RepeatedIDs != 2 || s.WithoutID != 2 || s.NonULID != 0 {
		t.Errorf("%+v, want 2 duplicates, 2 repeated IDs, 2 without", s)
	}
	if got := b.Arrivals(); got[ulid1] != 3 || got[ulid2] != 1 || len(got) != 2 {
		t.Errorf("arrivals %v", got)
	}
	if len(b.People()) != 1 {
		t.Error("a duplicate made a person")
	}
}

// names returns the names of the stored events.
func (b *box) names() string {
	var names []string
	for _, e := range b.Events() {
		names = append(names, e.Name)
	}
	return strings.Join(names, " ")
}

func TestS3IDsThatAreNoULID(t *testing.T) {
	for _, id := range []string{`"uuid-like"`, `"81KJW22XWRS7HDE5A5DNV5MHHW"`, `"01KJW22XWRS7HDE5A5DNV5MHHU"`,
		`"01KJW22XWRS7HDE5A5DNV5MHH"`, `"01KJW22XWRS7HDE5A5DNV5MHHWW"`, `""`, "7"} {
		event := eventOf("u", "e", `,"id":`+id)
		b := newBox(t)
		b.accepts(event, event)
		if s := b.Stats(); s.EventsStored != 2 || s.NonULID != 2 || s.RepeatedIDs != 1 {
			t.Errorf("%s: %+v, want both stored", id, s)
		}
		if got := b.Arrivals()[strings.Trim(id, `"`)]; got != 2 {
			t.Errorf("%s: %d arrivals, want 2", id, got)
		}
		any := newBox(t, switches(Switches{DedupAnyID: true}))
		any.accepts(event, event)
		if s := any.Stats(); s.EventsStored != 1 || s.NonULID != 2 {
			t.Errorf("%s with DedupAnyID: %+v, want one stored", id, s)
		}
	}
}

func TestS3LargestULID(t *testing.T) {
	event := eventOf("u", "e", `,"id":"7ZZZZZZZZZZZZZZZZZZZZZZZZZ"`)
	b := newBox(t)
	b.accepts(event, event)
	if s := b.Stats(); s.NonULID != 0 || s.Deduped != 1 {
		t.Errorf("%+v, want a ULID", s)
	}
}

func TestS3DedupSwitches(t *testing.T) {
	event := eventOf("u", "e", `,"id":"`+ulid1+`"`)
	for name, b := range map[string]*box{
		"switch": newBox(t, switches(Switches{NoDedup: true})), "fault": newBox(t, faults(Faults{NoDedup: true})),
	} {
		b.accepts(event, event)
		if s := b.Stats(); s.EventsStored != 2 || s.Deduped != 0 || s.RepeatedIDs != 1 {
			t.Errorf("%s: %+v, want both stored", name, s)
		}
	}
	b := newBox(t, switches(Switches{DedupWindow: time.Hour}))
	b.accepts(event)
	b.now = b.now.Add(time.Hour)
	b.accepts(event)
	if s := b.Stats(); s.EventsStored != 1 {
		t.Errorf("%d stored within the window, want 1", s.EventsStored)
	}
	b.now = b.now.Add(time.Second)
	b.accepts(event)
	b.accepts(event)
	if s := b.Stats(); s.EventsStored != 2 || s.Deduped != 2 {
		t.Errorf("%d stored, want one a window", s.EventsStored)
	}
	few := newBox(t, limits(Limits{KeptIDs: 1}))
	few.accepts(event, eventOf("u", "e", `,"id":"`+ulid2+`"`), event)
	if s := few.Stats(); s.EventsStored != 3 || len(few.Arrivals()) != 1 {
		t.Errorf("%d stored, %v remembered, want the oldest ID forgotten", s.EventsStored, few.Arrivals())
	}
}

func TestS4RecentEventsCouldStartACampaign(t *testing.T) {
	b := newBox(t)
	at := func(age time.Duration) string { return `,"timestamp":` + b.ago(age) }
	b.accepts(eventOf("u", "old", at(72*time.Hour+time.Second)), eventOf("u", "edge", at(72*time.Hour)),
		eventOf("u", "young", at(time.Minute)), eventOf("u", "future", at(-time.Hour)), eventOf("u", "now", ""))
	for _, e := range b.Events() {
		if want := e.Name != "old"; e.CouldTriggerCampaign != want {
			t.Errorf("%s: %v, want %v", e.Name, e.CouldTriggerCampaign, want)
		}
	}
	if n := b.Stats().CouldTriggerCampaign; n != 4 {
		t.Errorf("%d could start a campaign, want 4", n)
	}
}

func TestS6EventsCreate(t *testing.T) {
	b := newBox(t)
	b.accepts(of("event", `,"identifiers":{"id":"u"}`), of("page", `,"identifiers":{"id":"v"}`),
		of("screen", `,"identifiers":{"email":"e@example.com"}`), of("event", `,"identifiers":{"id":"u"}`))
	if s := b.Stats(); s.PeopleCreated != 3 || s.EventsStored != 4 {
		t.Errorf("%+v, want 3 people", s)
	}
	if b.person("id", "u").Events != 2 || b.person("email", "e@example.com").Events != 1 {
		t.Errorf("people %+v, want their events", b.People())
	}
	b.accepts(of("event", `,"identifiers":{"anonymous_id":"a"}`))
	if n := len(b.People()); n != 3 {
		t.Errorf("%d people, want no profile for an anonymous event", n)
	}
}

func TestS18NamesAreTrimmed(t *testing.T) {
	b := newBox(t)
	b.accepts(eventOf("u", ` \t padded name \n`, ""))
	if e := b.onlyEvent(); e.Name != "padded name" {
		t.Errorf("name %q", e.Name)
	}
}
