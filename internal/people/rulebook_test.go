package people

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/testkit/rulebook"
)

// histories is how many random histories are held against the rules. PH2CIO_HISTORIES asks for more.
func histories(t *testing.T) uint64 {
	n, err := strconv.ParseUint(os.Getenv("PH2CIO_HISTORIES"), 10, 64)
	if err != nil {
		n = 700
	}
	t.Logf("%d histories", n)
	return n
}

// TestPeopleAreThoseOfTheRules holds the whole package against the slow statement of its rules, over random
// histories with their rows in any order, in memory and on disk, and wants every kind of trouble to have come
// up.
func TestPeopleAreThoseOfTheRules(t *testing.T) {
	t.Parallel()
	n := histories(t)
	kinds := map[string]int{}
	var lock sync.Mutex
	err := parallel.EachUntilError(t.Context(), int(n), func(i int) error {
		seed := uint64(i)
		h := rulebook.Random(seed)
		want := rulebook.Resolve(h)
		lock.Lock()
		for kind, count := range rulebook.Kinds(h, want) {
			kinds[kind] += count
		}
		lock.Unlock()
		for _, memory := range []int64{0, tiny} {
			if diff := cmp.Diff(told(&want, h), settleHistory(t, h, memory, seed)); diff != "" {
				return fmt.Errorf("seed %d, memory %d (-want +got):\n%s", seed, memory, diff)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		if kinds[kind] == 0 {
			t.Errorf("%s: in none of %d histories", kind, n)
		}
	}
}

// settlement is what both sides say of a history.
type settlement struct {
	Who     map[string]string // by distinct ID: the kept ID, or why the person is not sent
	Persons map[string]string // by kept ID: attributes
	Links   map[rulebook.Verdict]int
	Shares  int
	Joined  int64
	Merges  []string // "an ID into a kept ID"
}

// told turns the rules' outcome into a settlement.
func told(o *rulebook.Outcome, h rulebook.History) settlement {
	s := settlement{Who: map[string]string{}, Persons: map[string]string{}, Links: map[rulebook.Verdict]int{}}
	for id, p := range o.People {
		seen := slices.ContainsFunc(h.Rows, func(r rulebook.Row) bool {
			return slices.Contains(p.IDs, r.DistinctID) && makes(r) && carries(r, h)
		})
		switch {
		case p.Deleted:
			s.Who[id] = "deleted"
		case seen && p.Rejected:
			s.Who[id] = "rejected"
		case !seen || !p.Identified && !h.All && !slices.ContainsFunc(p.IDs, func(id string) bool { return slices.Contains(h.Sent, id) }):
			s.Who[id] = "anonymous"
		case p.Held:
			s.Who[id] = "held"
		default:
			s.Who[id] = p.Kept
			attributes := maps.Clone(p.Attributes)
			if p.Email == lostEmailOf(o, h, p) {
				delete(attributes, "email")
			}
			s.Persons[p.Kept] = fmt.Sprint(attributes)
			if id == p.IDs[0] {
				for _, merged := range p.Merges {
					s.Merges = append(s.Merges, merged+" into "+p.Kept)
				}
			}
		}
	}
	slices.Sort(s.Merges)
	said := map[string]bool{}
	for _, l := range o.Links {
		link := fmt.Sprint(l.Row.Name, "\x00", l.Target, "\x00", l.Source, len(h.Persons) > 0 && l.Row.At() <= h.ExportedAt)
		if !said[link] {
			s.Links[l.Verdict]++
		}
		said[link] = true
	}
	for _, p := range o.Pairs {
		if p.Refused {
			s.Shares++
		}
	}
	s.Joined = joinedOf(o, h)
	return s
}

// joinedOf counts the IDs on rows that are another name for somebody who is more than a mere visitor.
func joinedOf(o *rulebook.Outcome, h rulebook.History) (n int64) {
	onRows, known := map[*rulebook.Person]map[string]bool{}, map[*rulebook.Person]bool{}
	for _, r := range h.Rows {
		p := o.People[r.DistinctID]
		if p == nil || !makes(r) {
			continue
		}
		if onRows[p] == nil {
			onRows[p] = map[string]bool{}
		}
		onRows[p][r.DistinctID] = true
		known[p] = known[p] || carries(r, h)
	}
	for p := range known {
		if known[p] {
			n += int64(len(onRows[p])) - 1
		}
	}
	return n
}

// lostEmailOf is always none: who of several people has an email is the subject of other tests.
func lostEmailOf(*rulebook.Outcome, rulebook.History, *rulebook.Person) string { return "none" }

// makes reports whether a row is a reason for a profile, apart from what it carries.
func makes(r rulebook.Row) bool {
	return r.Name != "$groupidentify" && !rulebook.WithoutProfile(r.Name)
}

func carries(r rulebook.Row, h rulebook.History) bool {
	return !r.Personless || r.IsIdentified || r.UserID == r.DistinctID || h.All || h.UserID != nil && h.UserID.MatchString(r.DistinctID)
}

// settleHistory feeds a history to the package.
func settleHistory(t *testing.T, h rulebook.History, memory int64, seed uint64) settlement {
	x := indexOf(h, memory, seed)
	defer x.Close()
	choice := Choice{Merges: MergeNeeded, MergeProfiles: h.MergeProfiles}
	if h.All {
		choice.Who = All
	}
	settled, err := x.Decide(t.Context(), choice)
	if err != nil {
		t.Fatal(err)
	}
	return tell(settled, h)
}

// indexOf has read a history, its rows shuffled.
func indexOf(h rulebook.History, memory int64, seed uint64) *Index {
	o := Options{Everybody: h.All, Memory: memory, Persons: len(h.Persons) > 0, Now: h.Now}
	if h.UserID != nil {
		o.UserID = h.UserID.Match
	}
	if len(h.Existing) > 0 {
		o.Existing = NewExisting()
		for _, p := range h.Existing {
			o.Existing.Add(p.ID, p.Email, "")
		}
	}
	x := NewIndex(o)
	x.fewLinks, x.options.Repeats = 3, seed%2 == 0
	if memory == tiny {
		x.spillAtOnce()
	}
	learnPersons(x, h)
	random := rand.New(rand.NewPCG(seed, 2))
	rows := slices.Clone(h.Rows)
	random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	for _, r := range rows {
		if r.Rejected {
			x.ObserveRejected(eventOf(r))
		} else {
			x.Observe(eventOf(r), r.Sends)
		}
		if memory == tiny && random.IntN(3) == 0 {
			x.putAwayAll([]byte(r.DistinctID))
		}
	}
	for _, id := range h.Sent {
		x.RestoreSent(&SentPerson{DistinctID: id, Value: id})
	}
	return x
}

func tell(settled *Directory, h rulebook.History) settlement {
	s := settlement{Who: map[string]string{}, Persons: map[string]string{}, Links: map[rulebook.Verdict]int{}}
	for id := range rulebook.Resolve(h).People {
		p, status := settled.Lookup([]byte(id))
		switch status {
		case Sent:
			s.Who[id] = p.DistinctID
			attributes := map[string]string{}
			withEmail := *p
			withEmail.withoutEmail = false
			for key, value := range settled.Attributes(&withEmail) {
				attributes[key] = string(value)
			}
			s.Persons[p.DistinctID] = fmt.Sprint(attributes)
		case Deleted:
			s.Who[id] = "deleted"
		case AllRejected:
			s.Who[id] = "rejected"
		case TwoProfiles:
			s.Who[id] = "held"
		default:
			s.Who[id] = "anonymous"
		}
	}
	for l := range settled.Merges() {
		s.Merges = append(s.Merges, l.Value+" into "+l.Person.Value)
	}
	slices.Sort(s.Merges)
	c := settled.Count(0)
	for verdict, n := range map[rulebook.Verdict]int64{
		rulebook.Accepted: c.Links.Joined, rulebook.AlreadyOne: c.Links.Same,
		rulebook.RefusedByExport: c.Links.PersonsExport, rulebook.RefusedIdentified: c.Links.AlreadyIdentified,
	} {
		if n > 0 {
			s.Links[verdict] = int(n)
		}
	}
	s.Shares, s.Joined = int(c.Links.RefusedShares), c.Joined
	return s
}

func learnPersons(x *Index, h rulebook.History) {
	for _, r := range h.Persons {
		row := &posthog.PersonRow{
			DistinctIDs: [][]byte{[]byte(r.DistinctID)}, Version: r.Version, PersonVersion: r.PersonVersion,
			MappingDeleted: r.MappingDeleted, Deleted: r.IsDeleted, Identified: r.IsIdentified,
			HasProperties: r.Properties != "", Properties: []byte(r.Properties), Members: foundMembers([]byte(r.Properties)),
			At: posthog.Time{Micros: h.ExportedAt, State: posthog.Known},
		}
		row.PersonID, row.HasPersonID = rawjson.ParseUUID([]byte(r.PersonID))
		x.LearnPerson(row)
	}
}

func eventOf(r rulebook.Row) *posthog.Event {
	text := func(s string) []byte {
		if s == "" {
			return nil
		}
		return []byte(s)
	}
	at := func(micros int64) (t posthog.Time) {
		if micros != 0 {
			t = posthog.Time{Micros: micros, State: posthog.Known}
		}
		return t
	}
	e := &posthog.Event{
		Ref: r.Ref, Name: text(r.Name), DistinctID: text(r.DistinctID), PersonID: text(r.PersonID),
		CreatedAt: at(r.CreatedAt), Timestamp: at(r.Timestamp), Personless: r.Personless, IsIdentified: r.IsIdentified, WebVisitor: r.WebVisitor,
		UserID: text(r.UserID), DeviceID: text(r.DeviceID), AnonDistinctID: text(r.AnonDistinctID), Alias: text(r.Alias),
		PersonProperties: text(r.PersonProperties), Set: text(r.Set), SetOnce: text(r.SetOnce),
	}
	if r.Unset != nil {
		e.Unset = fmt.Appendf(nil, `["%s"]`, strings.Join(r.Unset, `","`))
	}
	if r.UUID != "" {
		e.UUID, e.HasUUID = rawjson.ParseUUID([]byte(r.UUID))
	}
	return withMembers(e)
}
