package mapping

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

func TestClassifyByName(t *testing.T) {
	t.Parallel()
	sent := func(action customerio.Action) Outcome { return Outcome{Action: action} }
	feeds := Outcome{Bucket: FeedsPerson}
	wanted := Options{Events: []string{"order *", "$pageview", "$rageclick"}, SkipEvents: []string{"order lost"}}
	added := Options{Events: []string{"[^$]*", "$pageview", "$screen", "$order_placed"}}
	for _, test := range []struct {
		options Options
		name    string
		want    Outcome
	}{
		{Options{}, "order completed", sent(customerio.Event)},
		{Options{}, "$pageview", sent(customerio.Page)},
		{Options{}, "$screen", sent(customerio.Screen)},
		{Options{}, "$feature_enrollment_update", skipped(ReasonNoise)},
		{Options{}, "$order_placed", skipped(ReasonNoise)},
		{Options{}, " $order_placed", skipped(ReasonNoise)},
		{Options{}, "$", skipped(ReasonNoise)},
		{Options{}, "mcp_tool_call", sent(customerio.Event)},
		{Options{}, "product tour shown", sent(customerio.Event)},
		{Options{}, "survey shown", sent(customerio.Event)},
		{Options{}, "$autocapture", skipped(ReasonNoise)},
		{Options{}, "$ai_trace", skipped(ReasonNoise)},
		{Options{}, "$identify", feeds},
		{Options{}, "$set", feeds},
		{Options{}, "$unset", feeds},
		{Options{}, "$create_alias", feeds},
		{Options{}, "$merge_dangerously", feeds},
		{Options{}, "$groupidentify", skipped(ReasonGroup)},

		{wanted, "order completed", sent(customerio.Event)},
		{wanted, " order completed ", sent(customerio.Event)},
		{wanted, "order lost", skipped(ReasonFiltered)},
		{wanted, "signup", skipped(ReasonFiltered)},
		{wanted, "$pageview", sent(customerio.Page)},
		{wanted, "$screen", skipped(ReasonFiltered)},
		{wanted, "$rageclick", sent(customerio.Event)},
		{wanted, "$autocapture", skipped(ReasonNoise)},
		{wanted, "$order_placed", skipped(ReasonNoise)},
		{added, "$order_placed", sent(customerio.Event)},
		{added, "$order_sent", skipped(ReasonNoise)},
		{added, "$screen", sent(customerio.Screen)},
		{added, "signup", sent(customerio.Event)},
		{added, "", rejected(ReasonNoName, "the event has no name")},
		{Options{Events: []string{"$order_*"}}, "$order_placed", sent(customerio.Event)},
		{Options{Events: []string{"$order_*"}}, "signup", skipped(ReasonFiltered)},
		{Options{SkipEvents: []string{"$order_*"}}, "$order_placed", skipped(ReasonFiltered)},
		{wanted, "$identify", feeds},
		{wanted, "$groupidentify", skipped(ReasonGroup)},

		{Options{Events: []string{"*"}}, "$autocapture", sent(customerio.Event)},
		{Options{Events: []string{"*"}}, "$groupidentify", skipped(ReasonGroup)},
		{Options{Events: []string{" "}}, "signup", sent(customerio.Event)},
		{Options{SkipEvents: []string{"$page*", " sign?p "}}, "$pageview", skipped(ReasonFiltered)},
		{Options{SkipEvents: []string{"$page*", " sign?p "}}, "signup", skipped(ReasonFiltered)},
		{Options{SkipEvents: []string{"feature/*"}}, "feature/a/b", skipped(ReasonFiltered)},
		{Options{SkipEvents: []string{"*"}}, "$set", feeds},
		{Options{}, "", rejected(ReasonNoName, "the event has no name")},
		{Options{}, " \x00\t", rejected(ReasonNoName, "the event has no name")},
		{wanted, " ", skipped(ReasonFiltered)},

		{Options{}, " $identify ", feeds},
		{Options{}, "\t$set\n", feeds},
		{Options{}, "$create_alias\x00 ", feeds},
		{Options{}, " $groupidentify", skipped(ReasonGroup)},
		{Options{}, " $pageview", sent(customerio.Page)},
		{Options{}, "$screen ", sent(customerio.Screen)},
		{Options{}, "\x00$autocapture ", skipped(ReasonNoise)},
	} {
		r := newRules(t, test.options)
		for range 2 { // decided, then remembered
			if got := r.NewClassifier().Classify(row(test.name, `{}`)); got != test.want {
				t.Errorf("%q with %q but %q: %+v, want %+v", test.name, test.options.Events, test.options.SkipEvents, got, test.want)
			}
		}
	}
}

func TestClassifyByTime(t *testing.T) {
	t.Parallel()
	at := func(text string) posthog.Time {
		if text == "" {
			return posthog.Time{}
		}
		moment, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return known(moment)
	}
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	backfilled := []Range{{From: day(1), To: day(2)}, {From: day(4), To: day(5)}}
	for _, test := range []struct {
		name               string
		options            Options
		timestamp, created posthog.Time
		bucket             Bucket
		reason             string
		recent             bool
	}{
		{name: "plain", timestamp: at("2026-03-01T10:00:00Z")},
		{name: "missing", bucket: Rejected, reason: ReasonBadTimestamp, created: at("2026-03-01T10:00:00Z")},
		{name: "unreadable", timestamp: posthog.Time{State: posthog.Unreadable}, bucket: Rejected, reason: ReasonBadTimestamp},
		{name: "first that fits", timestamp: posthog.Time{Micros: 1_000_000_000_000_000, State: posthog.Known}},
		{name: "too early", timestamp: posthog.Time{Micros: 999_999_999_999_999, State: posthog.Known}, bucket: Rejected, reason: ReasonBadTimestamp},
		{name: "before 1970", timestamp: at("1969-12-31T23:59:59Z"), bucket: Rejected, reason: ReasonBadTimestamp},
		{name: "too late", timestamp: posthog.Time{Micros: 100_000_000_000_000_000, State: posthog.Known}, created: at("2026-03-01T10:00:00Z"), bucket: Rejected, reason: ReasonBadTimestamp},
		{name: "future", timestamp: at("2026-03-11T12:00:00.000001Z"), bucket: Rejected, reason: ReasonFutureTimestamp},
		{name: "future, taken in before", timestamp: at("2031-01-01T00:00:00Z"), created: at("2026-03-01T10:00:00Z")},
		{name: "future, taken in in the future", timestamp: at("2031-01-01T00:00:00Z"), created: at("2026-03-12T00:00:00Z"), bucket: Rejected, reason: ReasonFutureTimestamp},
		{name: "future, taken in at no time", timestamp: at("2031-01-01T00:00:00Z"), created: posthog.Time{State: posthog.Unreadable}, bucket: Rejected, reason: ReasonFutureTimestamp},
		{name: "future, taken in at a time that does not fit", timestamp: at("2031-01-01T00:00:00Z"), created: at("1970-01-01T00:00:00Z"), bucket: Rejected, reason: ReasonFutureTimestamp},
		{name: "now", timestamp: at("2026-03-11T12:00:00Z"), recent: true},

		{name: "at since", options: Options{Since: day(2)}, timestamp: at("2026-03-02T00:00:00Z")},
		{name: "before since", options: Options{Since: day(2)}, timestamp: at("2026-03-01T23:59:59.999999Z"), bucket: Skipped, reason: ReasonOutOfRange},
		{name: "before until", options: Options{Until: day(2)}, timestamp: at("2026-03-01T23:59:59.999999Z")},
		{name: "at until", options: Options{Until: day(2)}, timestamp: at("2026-03-02T00:00:00Z"), bucket: Skipped, reason: ReasonOutOfRange},
		{name: "bad comes before out of range", options: Options{Until: day(2)}, bucket: Rejected, reason: ReasonBadTimestamp},
		{name: "future by its substitute", options: Options{Until: day(2)}, timestamp: at("2031-01-01T00:00:00Z"), created: at("2026-03-01T10:00:00Z")},

		{name: "taken in before live", options: Options{LiveSince: day(5)}, timestamp: at("2026-03-06T00:00:00Z"), created: at("2026-03-04T23:59:59Z")},
		{name: "taken in live", options: Options{LiveSince: day(5)}, timestamp: at("2026-03-04T00:00:00Z"), created: at("2026-03-05T00:00:00Z"), bucket: Skipped, reason: ReasonLive},
		{name: "live by its own time", options: Options{LiveSince: day(5)}, timestamp: at("2026-03-05T00:00:00Z"), bucket: Skipped, reason: ReasonLive},
		{name: "not live by its own time", options: Options{LiveSince: day(5)}, timestamp: at("2026-03-04T00:00:00Z"), created: posthog.Time{State: posthog.Unreadable}},
		{name: "out of range comes before live", options: Options{Since: day(7), LiveSince: day(5)}, timestamp: at("2026-03-06T00:00:00Z"), bucket: Skipped, reason: ReasonOutOfRange},

		{name: "before a backfilled range", options: Options{LiveBackfilled: backfilled}, timestamp: at("2026-02-28T23:59:59.999999Z"), created: at("2026-03-01T10:00:00Z")},
		{name: "at the start of a backfilled range", options: Options{LiveBackfilled: backfilled}, timestamp: at("2026-03-01T00:00:00Z"), created: at("2026-03-09T00:00:00Z"), bucket: Skipped, reason: ReasonLive},
		{name: "at the end of a backfilled range", options: Options{LiveBackfilled: backfilled}, timestamp: at("2026-03-02T00:00:00Z"), created: at("2026-03-01T10:00:00Z")},
		{name: "in a second backfilled range", options: Options{LiveBackfilled: backfilled}, timestamp: at("2026-03-04T10:00:00Z"), bucket: Skipped, reason: ReasonLive},
		{name: "between backfilled ranges", options: Options{LiveBackfilled: backfilled}, timestamp: at("2026-03-03T00:00:00Z")},
		{name: "backfilled from the beginning", options: Options{LiveBackfilled: []Range{{To: day(2)}}}, timestamp: at("2010-01-01T00:00:00Z"), bucket: Skipped, reason: ReasonLive},
		{name: "future, with its substitute in a backfilled range", options: Options{LiveBackfilled: backfilled}, timestamp: at("2031-01-01T00:00:00Z"), created: at("2026-03-01T10:00:00Z")},
		{name: "out of range comes before backfilled", options: Options{Since: day(5), LiveBackfilled: backfilled}, timestamp: at("2026-03-04T10:00:00Z"), bucket: Skipped, reason: ReasonOutOfRange},
		{name: "bad comes before backfilled", options: Options{LiveBackfilled: []Range{{To: day(2)}}}, timestamp: at("1970-01-01T00:00:00Z"), bucket: Rejected, reason: ReasonBadTimestamp},

		{name: "72 hours old", timestamp: at("2026-03-08T12:00:00Z")},
		{name: "younger than 72 hours", timestamp: at("2026-03-08T12:00:00.000001Z"), recent: true},
		{name: "held", options: Options{HoldRecent: true}, timestamp: at("2026-03-08T12:00:00.000001Z"), bucket: Skipped, reason: ReasonRecent},
		{name: "not held", options: Options{HoldRecent: true}, timestamp: at("2026-03-08T12:00:00Z")},
		{name: "live comes before recent", options: Options{HoldRecent: true, LiveSince: day(5)}, timestamp: at("2026-03-10T00:00:00Z"), bucket: Skipped, reason: ReasonLive},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRules(t, test.options)
			e := row("signup", `{}`)
			e.Timestamp, e.CreatedAt = test.timestamp, test.created
			got := r.NewClassifier().Classify(e)
			if got.Bucket != test.bucket || got.Reason != test.reason || got.Recent != test.recent {
				t.Errorf("outcome %+v", got)
			}
			if (got.Detail != "") != (got.Bucket == Rejected) {
				t.Errorf("detail %q of bucket %d", got.Detail, got.Bucket)
			}
			for _, name := range []string{"$identify", "$create_alias"} {
				e.Name = []byte(name)
				if got := r.NewClassifier().Classify(e); got != (Outcome{Bucket: FeedsPerson}) {
					t.Errorf("%s: outcome %+v, whatever the time", name, got)
				}
			}
		})
	}
}

// A timestamp in the future gives way to created_at, but the ID is that of the row's own time: it must be the
// same in a later run, for which the time is not in the future any more.
func TestFutureTimestampIsNotNow(t *testing.T) {
	t.Parallel()
	e := row("signup", `{}`)
	e.Timestamp = known(runNow.Add(24 * time.Hour))
	e.CreatedAt = known(rowTime)
	op := send(t, newRules(t, Options{}).NewMapper(newSomebody(``)), e)
	if op.Timestamp != rowTime.Unix() {
		t.Errorf("timestamp %d, want created_at %d", op.Timestamp, rowTime.Unix())
	}
	later := send(t, newRules(t, Options{Now: runNow.Add(48 * time.Hour)}).NewMapper(newSomebody(``)), e)
	if later.ID != op.ID {
		t.Errorf("ID %s in a later run, %s before", later.ID, op.ID)
	}
}

func TestEventName(t *testing.T) {
	t.Parallel()
	hundred := "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
	for _, test := range []struct {
		name, want string
		cut        string
	}{
		{" order completed\n", "order completed", ""},
		{hundred, hundred, ""},
		{"  " + hundred + "  ", hundred, ""},
		{hundred + "x", hundred, "event_name"},
		{hundred[1:] + "é", hundred[1:], "event_name"},
		{hundred[1:] + " x", hundred[1:], "event_name"},
		{"a\xffb", "a\ufffdb", "invalid_utf8"},
		{"a\x00b", "ab", "nul"},
		{`a"b\`, `a"b\`, ""},
		{"https://a.example/?token=abc", "https://a.example/?token=redacted", "redacted"},
		{"opened /reset?a=1&Code=abc ", "opened /reset?a=1&Code=redacted", "redacted"},
		{"/reset?code=" + hundred, "/reset?code=redacted", "redacted"},
	} {
		m := newRules(t, Options{RedactQuery: []string{"code"}}).NewMapper(newSomebody(``))
		op := send(t, m, row(test.name, `{}`))
		if op.Name != test.want || op.Action != customerio.Event {
			t.Errorf("%q becomes %s %q, want event %q", test.name, op.Action, op.Name, test.want)
		}
		if want := len(test.cut) > 0; want != (m.ValuesCut[test.cut] == 1) || !want && len(m.ValuesCut) > 0 {
			t.Errorf("%q: cut %v, want %q", test.name, m.ValuesCut, test.cut)
		}
	}
}

func TestEventOfWhom(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status people.Status
		bucket Bucket
		reason string
	}{
		{people.Anonymous, Skipped, ReasonAnonymous},
		{people.NoEmail, Skipped, ReasonNoEmail},
		{people.Illegal, Skipped, ReasonIllegalID},
		{people.Excluded, Skipped, ReasonExcluded},
		{people.Deleted, Skipped, ReasonDeleted},
		{people.NotNamed, Skipped, ReasonNotNamed},
		{people.TestAccount, Skipped, ReasonTestAccount},
		{people.AllRejected, Skipped, ReasonAnonymous},
		{people.TwoProfiles, Skipped, ReasonTwoProfiles},
		{people.NoIdentifier, Rejected, ReasonNoIdentifier},
		{people.LostEmail, Rejected, ReasonEmailConflict},
	} {
		s := newSomebody(``)
		s.status = test.status
		m := newRules(t, Options{}).NewMapper(s)
		for _, name := range []string{"signup", "$identify", "$set", "$create_alias", "$merge_dangerously"} {
			dst := []byte("before")
			out, person, o := m.Event(dst, row(name, `{}`))
			if o.Bucket != test.bucket || o.Reason != test.reason || person != nil || string(out) != "before" {
				t.Errorf("%s of status %d: %+v, person %v, out %q", name, test.status, o, person, out)
			}
		}
	}
}

// crowd are settled people who are sent when their ID is in the list.
type crowd map[string]*people.Person

func (c crowd) Lookup(id []byte) (*people.Person, people.Status) {
	if p := c[string(id)]; p != nil {
		return p, people.Sent
	}
	return nil, people.Anonymous
}

func (c crowd) AppendAttributes(dst []byte, _ *people.Person) []byte { return append(dst, "{}"...) }
func (c crowd) AppendRemoved(dst []byte, _ *people.Person) []byte    { return append(dst, "{}"...) }
func (c crowd) RemovedBefore(*people.Person) string                  { return "" }

func TestAliasFeedsEitherSide(t *testing.T) {
	t.Parallel()
	maya := &people.Person{DistinctID: "maya", By: people.ByID, Value: "maya"}
	m := newRules(t, Options{}).NewMapper(crowd{"maya": maya})
	for _, test := range []struct {
		name, id, alias string
		fed             *people.Person
	}{
		{"$create_alias", "maya", "anon", maya},
		{"$create_alias", "anon", "maya", maya},
		{" $create_alias ", "anon", "maya", maya},
		{"$merge_dangerously", "anon", "maya", maya},
		{"$create_alias", "anon", "other", nil},
		{"$create_alias", "anon", "", nil},
		{"$identify", "maya", "", maya},
		{"$identify", "anon", "maya", nil}, // only alias rows speak of their alias
	} {
		e := row(test.name, `{}`)
		e.DistinctID, e.Alias = []byte(test.id), []byte(test.alias)
		_, person, o := m.Event(nil, e)
		if person != test.fed || (o.Bucket == FeedsPerson) != (test.fed != nil) {
			t.Errorf("%+v: person %v, outcome %+v", test, person, o)
		}
	}
}

func TestSpanWithoutTime(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		since, until time.Time
		ok           bool
	}{
		{rowTime, rowTime.Add(time.Microsecond), true},
		{rowTime, rowTime, false},
		{rowTime.Add(time.Hour), rowTime, false},
		{rowTime, time.Time{}, true},
		{time.Time{}, rowTime, true},
	} {
		_, err := New(Options{Now: runNow, Since: test.since, Until: test.until})
		if test.ok {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), "--since (2026-03-04T") || !strings.Contains(err.Error(), "is not before --until (2026-03-04T") {
			t.Errorf("since %s until %s: error %v", test.since, test.until, err)
		}
	}
}

func TestFiltered(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		options Options
		want    bool
	}{
		{Options{}, false},
		{Options{HoldRecent: true, DropProperties: []string{"a"}}, false},
		{Options{Events: []string{"a"}}, true},
		{Options{SkipEvents: []string{"a"}}, true},
		{Options{Since: rowTime}, true},
		{Options{Until: rowTime}, true},
		{Options{LiveSince: rowTime}, true},
		{Options{LiveBackfilled: []Range{{To: rowTime}}}, true},
	} {
		if got := newRules(t, test.options).Filtered(); got != test.want {
			t.Errorf("%+v: filtered %v", test.options, got)
		}
	}
}

// More names than are remembered, from many goroutines.
func TestManyNames(t *testing.T) {
	t.Parallel()
	r := newRules(t, Options{SkipEvents: []string{"*7"}})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range maxNames + 500 {
				got := r.NewClassifier().Classify(row(fmt.Sprintf("event %d", i), `{}`))
				if (got.Reason == ReasonFiltered) != (i%10 == 7) {
					t.Errorf("event %d: %+v", i, got)
					return
				}
			}
		})
	}
	all.Wait()
	if n := len(*r.names.known.Load()); n != maxNames {
		t.Errorf("%d names remembered, want %d", n, maxNames)
	}
}
