package mapping

import (
	"bytes"
	"testing"
)

// TestEventsOfRefusedPeopleAreNotBuilt holds that nothing of them is counted as changed to fit.
func TestEventsOfRefusedPeopleAreNotBuilt(t *testing.T) {
	t.Parallel()
	who := newSomebody(``)
	who.person.Number = 7
	e := row("signup", `{"url":"https://a.example/?token=abc"}`)
	m := newRules(t, Options{}).NewMapper(who)
	if send(t, m, e); m.ValuesCut["redacted"] != 1 {
		t.Fatalf("cut %v, want one redacted", m.ValuesCut)
	}
	m = newRules(t, Options{}).NewMapper(who)
	m.Refused = map[uint32]bool{7: true}
	out, _, o := m.Event([]byte("before"), e)
	if o.Bucket != Rejected || o.Reason != ReasonPersonRejected || !bytes.Equal(out, []byte("before")) {
		t.Errorf("%+v %q, want rejected with the person and nothing built", o, out)
	}
	if len(m.ValuesCut) != 0 {
		t.Errorf("cut %v of what was not built", m.ValuesCut)
	}
	if _, _, o := m.Event(nil, row("$identify", `{}`)); o.Bucket != FeedsPerson {
		t.Errorf("$identify of a refused person: %+v", o)
	}
}

func TestBrokenNameIsCounted(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int64{"a\ufffd": 1, "$pageview": 0, "$screen": 0} {
		e := row(name, `{}`)
		e.NameBroken = true
		m := newRules(t, Options{}).NewMapper(newSomebody(``))
		if send(t, m, e); m.ValuesCut["invalid_utf8"] != want {
			t.Errorf("%q: cut %v, want %d invalid_utf8", name, m.ValuesCut, want)
		}
	}
}
