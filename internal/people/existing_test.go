package people

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/posthog"
)

// theMerged are two IDs of one person, each of which could be kept, and a stranger.
func theMerged() []row {
	return rowsOf(
		withAttributes("first", `{"email":"maya@example.com","n":1}`),
		withAttributes("second", `{"email":"Maya@Example.com ","n":2}`),
		posthog.Event{Name: b("$merge_dangerously"), DistinctID: b("second"), Alias: b("first")},
		withAttributes("stranger", `{"email":"jonas@example.com"}`),
	)
}

func existing(profiles ...[3]string) *Existing {
	e := NewExisting()
	for _, p := range profiles {
		e.Add(p[0], p[1], p[2])
	}
	return e
}

// TestWhatIsThereAlreadyStays follows what people keep when Customer.io has some of their profiles.
func TestWhatIsThereAlreadyStays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		existing *Existing
		choice   Choice
		want     []string // identifier of each person, and whether it is there
		merges   []string
		held     string
		profiles Profiles
	}{
		{name: "nothing is known", want: []string{"id second false", "id stranger false"}, profiles: Profiles{New: 2}},
		{name: "the earlier ID is there, which is the source of the merge", existing: existing([3]string{"first", "", ""}),
			want: []string{"id first true", "id stranger false"}, profiles: Profiles{1, 1}},
		{name: "both are there", existing: existing([3]string{"second", "", ""}, [3]string{"first", "", ""}), choice: Choice{Merges: MergeNeeded},
			want: []string{"id second true", "id stranger false"}, merges: []string{"id first into second"}, profiles: Profiles{1, 1}},
		{name: "both are there, and stay two", existing: existing([3]string{"second", "", ""}, [3]string{"first", "", ""}),
			want: []string{"id second true", "id stranger false"}, profiles: Profiles{1, 1}},
		{name: "their email is there, without an ID", existing: existing([3]string{"", " MAYA@example.com", ""}), choice: Choice{Merges: MergeNeeded},
			want: []string{"email Maya@Example.com true", "id stranger false"}, profiles: Profiles{1, 1}},
		{name: "their email is there, under an ID of its own", existing: existing([3]string{"crm-7", "maya@example.com", ""}), choice: Choice{Merges: MergeNeeded},
			want: []string{"id crm-7 true", "id stranger false"}, profiles: Profiles{1, 1}},
		{name: "their ID, and their email as another profile", existing: existing([3]string{"first", "", ""}, [3]string{"", "maya@example.com", ""}),
			choice: Choice{Merges: MergeNeeded}, want: []string{"id stranger false"}, held: "first: id first, email maya@example.com",
			profiles: Profiles{New: 1}},
		{name: "the same with --merge-profiles", existing: existing([3]string{"first", "", ""}, [3]string{"", "maya@example.com", ""}),
			choice: Choice{Merges: MergeNeeded, MergeProfiles: true}, want: []string{"id first true late", "id stranger false"},
			merges: []string{"email maya@example.com into first"}, profiles: Profiles{1, 1}},
		{name: "by email", existing: existing([3]string{"x", "maya@example.com", ""}), choice: Choice{By: []By{ByEmail}},
			want: []string{"email Maya@Example.com true", "email jonas@example.com false"}, profiles: Profiles{1, 1}},
		{name: "by email, which is the profile of an ID", existing: existing([3]string{"first", "maya@example.com", ""}),
			choice: Choice{By: []By{ByEmail}, Merges: MergeNeeded},
			want:   []string{"email Maya@Example.com true", "email jonas@example.com false"}, profiles: Profiles{1, 1}},
		{name: "by email, and two profiles that are named", existing: existing([3]string{"first", "maya@example.com", ""}, [3]string{"second", "", ""}),
			choice: Choice{By: []By{ByEmail}, Merges: MergeNeeded},
			want:   []string{"id second true late", "email jonas@example.com false"},
			merges: []string{"id first into second"}, profiles: Profiles{1, 1}},
		{name: "by cio_id", existing: existing([3]string{"", "", "0a"}), choice: Choice{By: []By{ByCioID, ByID}},
			want: []string{"id second false", "id stranger false"}, profiles: Profiles{New: 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := decided(Options{Existing: test.existing}, test.choice, theMerged())
			var got, merges []string
			for p := range s.People() {
				late := ""
				if p.EmailLate() {
					late = " late"
				}
				got = append(got, fmt.Sprint(p.By, " ", p.Value, " ", p.Known(), late))
			}
			if got := heldText(s); got != test.held {
				t.Errorf("held %q, want %q", got, test.held)
			}
			for l := range s.Merges() {
				merges = append(merges, fmt.Sprint(l.By, " ", l.Value, " into ", l.Person.Value))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("people (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.merges, merges); diff != "" || s.MergeCount() != len(merges) {
				t.Errorf("merges, %d of them (-want +got):\n%s", s.MergeCount(), diff)
			}
			if got := s.Count(0).ByChoice[Identified]; got != test.profiles {
				t.Errorf("profiles %+v, want %+v", got, test.profiles)
			}
		})
	}
}

// heldText tells of those who are held.
func heldText(s *Directory) (text string) {
	for _, h := range s.Held() {
		text += h.ID + ": "
		for i, p := range h.Profiles {
			if i > 0 {
				text += ", "
			}
			text += fmt.Sprint(p.By, " ", p.Value)
		}
	}
	return text
}

// TestSomebodyElsesEmailIsNotTheirs has two people with one email, of which the later keeps it: only that one
// is the profile that is there.
func TestSomebodyElsesEmailIsNotTheirs(t *testing.T) {
	t.Parallel()
	rows := rowsOf(withAttributes("1", `{"email":"maya@example.com"}`), withAttributes("2", `{"email":"maya@example.com"}`))
	s := decided(Options{Existing: existing([3]string{"", "maya@example.com", ""})}, Choice{}, rows)
	var got []string
	for p := range s.People() {
		got = append(got, fmt.Sprint(p.By, " ", p.Value, " ", p.Known()))
	}
	if diff := cmp.Diff([]string{"id 1 false", "email maya@example.com true"}, got); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
}

// TestAProfileOfAnotherPersonIsNotTaken has an email of one person on the profile of another one who is in
// the export too.
func TestAProfileOfAnotherPersonIsNotTaken(t *testing.T) {
	t.Parallel()
	rows := rowsOf(withAttributes("1", `{"email":"maya@example.com","n":1}`), withAttributes("2", `{"email":"jonas@example.com"}`))
	s := decided(Options{Existing: existing([3]string{"2", "maya@example.com", ""})}, Choice{}, rows)
	var got []string
	for p := range s.People() {
		got = append(got, fmt.Sprint(p.By, " ", p.Value, " ", p.Known(), " ", string(s.AppendAttributes(nil, p))))
	}
	want := []string{`id 1 false {"n":1}`, `id 2 true {"email":"jonas@example.com"}`}
	if diff := cmp.Diff(want, got); diff != "" || s.Count(0).EmailConflicts != 1 {
		t.Errorf("people, %d conflicts (-want +got):\n%s", s.Count(0).EmailConflicts, diff)
	}
	if diff := cmp.Diff([]string{"1 lost maya@example.com to 2"}, conflicts(s)); diff != "" {
		t.Errorf("conflicts (-want +got):\n%s", diff)
	}
}

// TestWhoIsLeftOut follows lists of people who are not to be sent, and of those who alone are.
func TestWhoIsLeftOut(t *testing.T) {
	t.Parallel()
	is := func(text string) func([]byte) bool { return func(b []byte) bool { return string(b) == text } }
	for _, test := range []struct {
		name    string
		options Options
		choice  Choice
		want    map[string]Status
	}{
		{"by one of the IDs", Options{Excluded: is("first")}, Choice{}, map[string]Status{"first": Excluded, "second": Excluded, "stranger": Sent}},
		{"by email", Options{}, Choice{Excluded: is("jonas@example.com")}, map[string]Status{"first": Sent, "stranger": Excluded}},
		{"all but one", Options{Only: is("second")}, Choice{Only: true}, map[string]Status{"first": Sent, "second": Sent, "stranger": NotNamed}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := decided(test.options, test.choice, theMerged())
			sent := 0
			for id, want := range test.want {
				if _, got := s.Lookup(b(id)); got != want {
					t.Errorf("%s: status %d, want %d", id, got, want)
				}
			}
			for range s.People() {
				sent++
			}
			if c := s.Count(0); sent != 1 || c.ByChoice[Identified].Total() != 1 || c.ByChoice[WithEmail].Total() != 1 {
				t.Errorf("%d people sent, profiles %v; want one", sent, c.ByChoice)
			}
		})
	}
}

// TestAProfileUnderAVisitorsIDIsTheirsWhoHasItsEmail finds a profile by email though its ID stands on rows of
// a visitor who is not sent, but not where the ID is that of somebody who is never to be sent.
func TestAProfileUnderAVisitorsIDIsTheirsWhoHasItsEmail(t *testing.T) {
	t.Parallel()
	rows := rowsOf(
		posthog.Event{Name: b("$pageview"), DistinctID: b(visitor)},
		withAttributes("user", `{"email":"maya@example.com"}`),
	)
	there := existing([3]string{visitor, "maya@example.com", ""})
	for excluded, want := range map[string]string{"": "id " + visitor + " true", visitor: "id user false"} {
		o := Options{Existing: there, Excluded: func(id []byte) bool { return string(id) == excluded }}
		var got []string
		for p := range decided(o, Choice{}, rows).People() {
			got = append(got, fmt.Sprintf("%s %s %t", p.By, p.Value, p.Known()))
		}
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("%q is excluded: people (-want +got):\n%s", excluded, diff)
		}
	}
}
