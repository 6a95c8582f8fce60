package people

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// tiny is an Options.Memory that makes observe put everything on disk at once.
const tiny = 1

// observe feeds the rows to a new index in a random order, from several goroutines at once.
func observe(rows []row, o Options, goroutines int, seed uint64) *Index {
	shuffled := slices.Clone(rows)
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(shuffled), func(i, j int) {
		shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
	})
	for i := range shuffled {
		withMembers(&shuffled[i].Event)
	}
	x := NewIndex(o)
	if o.Memory == tiny {
		x.spillAtOnce()
	}
	var done sync.WaitGroup
	for g := range goroutines {
		done.Go(func() {
			for i := g; i < len(shuffled); i += goroutines {
				if shuffled[i].rejected {
					x.ObserveRejected(&shuffled[i].Event)
					continue
				}
				x.Observe(&shuffled[i].Event, shuffled[i].sends)
				if o.Memory == tiny && i%3 == 0 {
					x.putAwayAll(shuffled[i].DistinctID)
				}
			}
		})
	}
	done.Wait()
	return x
}

// spillAtOnce makes an index put on disk whatever it can.
func (x *Index) spillAtOnce() {
	x.mostIDs, x.space.Block, x.later.space.Block = 1, 1, 1
	for i := range x.shards {
		x.shards[i].states.Most = 1
	}
}

// putAwayAll puts on disk what the shard of an ID holds, as happens when it holds too much.
func (x *Index) putAwayAll(id []byte) {
	sh := &x.shards[x.sum(id).shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	x.spillIDs(sh)
}

var (
	someIDs = []string{
		"user_1", "user_2", "user_3", "user_4", "undefined", "maya@example.com", "MAYA@example.com",
		"0195602e-7a11-7c3e-9d55-3f2b61c0aa01", "0195602f-0b22-7e10-8f00-1c2d3e4f5a03",
	}
	someNames  = []string{"Order Completed", "$pageview", "$set", "$identify", "$exception", "$$heatmap", "$groupidentify"}
	someKeys   = []string{"email", "email", "email", "cio_id", "cio_id", "a", "b", "$browser", `quo\"te`, `\u0061`, "ä"}
	someValues = []string{`null`, `1`, `12345678901234567890`, `"x"`, `{"n": [1, "}"]}`, `"\\"`, `"cio_0a1b"`, `"0a1b"`}
	someEmails = []string{`"Maya@example.com"`, `" maya@EXAMPLE.com "`, `"m\u0061ya@example.com"`, `"jonas@example.com"`, `"nobody"`, `null`}
	someCioIDs = []string{`"cio_0a1b"`, `"0a1b "`, `"0a1c"`, `"cio_"`, `7`}
)

// rowGen draws rows in which everything that could collide does: times, uuids, IDs, keys.
func rowGen(ref uint64) *rapid.Generator[row] {
	return rapid.Custom(func(t *rapid.T) row {
		maybe := func(label string) bool { return rapid.IntRange(0, 3).Draw(t, label) == 0 }
		id := func(label string) []byte { return []byte(rapid.SampledFrom(someIDs).Draw(t, label)) }
		r := row{sends: rapid.Bool().Draw(t, "sends")}
		r.rejected = !r.sends && maybe("rejected")
		r.Ref = ref
		r.Name = []byte(rapid.SampledFrom(someNames).Draw(t, "name"))
		r.DistinctID = id("id")
		r.CreatedAt = timeGen().Draw(t, "created_at")
		r.Timestamp = timeGen().Draw(t, "timestamp")
		if n := rapid.IntRange(0, 3).Draw(t, "uuid"); n > 0 {
			r.UUID, r.HasUUID = rawjson.UUID{15: byte(n)}, true
		}
		r.Personless = maybe("personless")
		r.IsIdentified = maybe("identified") && maybe("really")
		r.WebVisitor = !r.IsIdentified && rapid.Bool().Draw(t, "visitor of posthog-js")
		if maybe("user") {
			r.UserID = id("user id")
		}
		if maybe("device") {
			r.DeviceID = id("device id")
		}
		if maybe("anonymous") {
			r.AnonDistinctID = id("anonymous id")
		}
		if maybe("person id") {
			r.PersonID = fmt.Appendf(nil, "b1b32417-b0ba-5954-a245-%012d", max(0, modelTime(&r)))
		}
		if maybe("snapshot") {
			r.PersonProperties = objectGen().Draw(t, "person_properties")
		}
		if maybe("set") || maybe("set more") {
			r.Set = objectGen().Draw(t, "$set")
		}
		if maybe("once") || maybe("once more") {
			r.SetOnce = objectGen().Draw(t, "$set_once")
		}
		if maybe("unset") {
			r.Unset = unsetGen().Draw(t, "$unset")
		}
		return r
	})
}

// withMembers says where the members of a row's snapshot stand, as the reader does.
func withMembers(e *posthog.Event) *posthog.Event {
	e.PersonMembers = foundMembers(e.PersonProperties)
	return e
}

// foundMembers says where the members of an object stand that begins with its brace.
func foundMembers(object []byte) []rawjson.Member {
	if len(object) == 0 {
		return nil
	}
	return rawjson.WalkMembers(nil, object)
}

func timeGen() *rapid.Generator[posthog.Time] {
	return rapid.Custom(func(t *rapid.T) posthog.Time {
		return posthog.Time{
			Micros: rapid.Int64Range(1, 5).Draw(t, "seconds") * 100_000 * 1_000_000,
			State:  rapid.SampledFrom([]posthog.TimeState{posthog.Known, posthog.Known, posthog.Missing, posthog.Unreadable}).Draw(t, "state"),
		}
	})
}

func objectGen() *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte {
		var members []string
		for range rapid.IntRange(0, 3).Draw(t, "members") {
			key, values := rapid.SampledFrom(someKeys).Draw(t, "key"), someValues
			switch key {
			case "email":
				values = someEmails
			case "cio_id":
				values = someCioIDs
			}
			members = append(members, fmt.Sprintf(`"%s" : %s`, key, rapid.SampledFrom(values).Draw(t, "value")))
		}
		return []byte("{ " + strings.Join(members, ", ") + "}")
	})
}

func unsetGen() *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte {
		if rapid.Bool().Draw(t, "object") {
			return objectGen().Draw(t, "keys")
		}
		keys := rapid.SliceOfN(rapid.SampledFrom(someKeys), 0, 3).Draw(t, "keys")
		list := []string{"7"}
		for _, key := range keys {
			list = append(list, `"`+key+`"`)
		}
		return []byte("[" + strings.Join(list, ",") + "]")
	})
}

func choiceGen() *rapid.Generator[Choice] {
	return rapid.Custom(func(t *rapid.T) Choice {
		return Choice{
			Who: rapid.SampledFrom([]Who{"", Identified, WithEmail, All}).Draw(t, "who"),
			By: rapid.SampledFrom([][]By{
				nil, {ByID}, {ByEmail}, {ByCioID}, {ByEmail, ByID}, {ByCioID, ByEmail}, {ByEmail, ByCioID},
			}).Draw(t, "by"),
			NeedEvents: rapid.Bool().Draw(t, "need events"),
		}
	})
}

// TestAnyOrderGivesWhatTheModelSays is the property this package stands on: whatever the order in which rows
// arrive, and on whatever goroutine, the answer is that of the rows sorted and applied one by one.
func TestAnyOrderGivesWhatTheModelSays(t *testing.T) {
	t.Parallel()
	for _, goroutines := range []int{1, 2, 3, 8} {
		t.Run(fmt.Sprint(goroutines, " goroutines"), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { checkAgainstModel(t, goroutines) })
		})
	}
}

func checkAgainstModel(t *rapid.T, goroutines int) {
	var rows []row
	for range rapid.IntRange(1, 30).Draw(t, "rows") {
		r := rowGen(uint64(len(rows))).Draw(t, "row")
		rows = append(rows, r)
		if rapid.IntRange(0, 5).Draw(t, "duplicate") == 0 {
			r.Ref = uint64(len(rows))
			rows = append(rows, r)
		}
	}
	o := Options{Separate: true, PersonIDs: true, KeepNull: rapid.Bool().Draw(t, "keep null")}
	if rapid.Bool().Draw(t, "filter") {
		o.Keep = func(key []byte) bool { return key[0] != '$' }
		o.DropDollar = rapid.Bool().Draw(t, "drop dollar")
	}
	c := choiceGen().Draw(t, "choice")
	o.Everybody = c.Who == All || rapid.Bool().Draw(t, "everybody")
	o.Events = c.NeedEvents || rapid.Bool().Draw(t, "events")
	if rapid.Bool().Draw(t, "little memory") {
		o.Memory = tiny
	}
	x := observe(rows, o, goroutines, rapid.Uint64().Draw(t, "arrival"))
	defer x.Close()
	compareWithModel(t, decide(x, c), newModel(rows, o, c))
}

// settle is Settle where no disk can fail.
func decide(x *Index, c Choice) *Directory {
	s, err := x.Decide(context.Background(), c)
	if err != nil {
		panic(err)
	}
	return s
}

// exported is a person as others see it.
func exported(p *Person) map[string]any {
	return map[string]any{
		"number": p.Number, "distinct ID": p.DistinctID, "by": p.By, "value": p.Value, "uuid": p.UUID, "updated": p.Updated, "events": p.Events,
	}
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func compareWithModel(t fataler, s *Directory, m *model) {
	t.Helper()
	const now = 5*100_000 + 72*3600 - 100_000
	var people []string
	for p := range s.People() {
		people = append(people, p.DistinctID)
	}
	var wantPeople []string
	for number, want := range m.sent() {
		if want.gets {
			wantPeople = append(wantPeople, want.id)
		}
		comparePerson(t, s, m, uint32(number), want)
	}
	if diff := cmp.Diff(wantPeople, people); diff != "" {
		t.Fatalf("people (-want +got):\n%s", diff)
	}
	for _, id := range append(slices.Clone(someIDs), "never seen") {
		want := m.choice.Who.leftOutAs()
		if p := m.ids[id]; p != nil {
			want = p.status
		} else if posthog.IllegalID([]byte(id)) {
			want = Illegal
		}
		if p, got := s.Lookup([]byte(id)); got != want || (p != nil) != (want == Sent) {
			t.Fatalf("Lookup(%s) is %v, %v, want status %v", id, p, got, want)
		}
	}
	if diff := cmp.Diff(m.counts(now), s.Count(now)); diff != "" {
		t.Fatalf("counts (-want +got):\n%s", diff)
	}
}

func comparePerson(t fataler, s *Directory, m *model, number uint32, want *modelID) {
	t.Helper()
	p, status := s.Lookup([]byte(want.id))
	if status != Sent {
		t.Fatalf("Lookup(%s) is %v, want Sent", want.id, status)
	}
	wantPerson := Person{
		Number: number, DistinctID: want.id, By: want.by, Value: want.value,
		Updated: want.updated, Events: want.events,
	}
	if want.uuid != (rawjson.UUID{}) {
		wantPerson.UUID = &want.uuid
	}
	if diff := cmp.Diff(exported(&wantPerson), exported(p)); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", want.id, diff)
	}
	text := s.AppendAttributes([]byte("before "), p)
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text[len("before "):], &raw); err != nil {
		t.Fatalf("attributes of %s: %v\n%s", want.id, err, text)
	}
	got := map[string]string{}
	for key, value := range raw {
		got[key] = string(value)
	}
	if diff := cmp.Diff(m.attributes(want), got); diff != "" {
		t.Fatalf("attributes of %s (-want +got):\n%s", want.id, diff)
	}
}

// TestAttributesDoNotDependOnArrival compares whole answers byte by byte.
func TestAttributesDoNotDependOnArrival(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var rows []row
		for i := range uint64(rapid.IntRange(2, 12).Draw(t, "rows")) {
			rows = append(rows, rowGen(i).Draw(t, "row"))
		}
		answer := func(seed uint64) (all []string) {
			s := decide(observe(rows, Options{Everybody: true}, 1, seed), Choice{Who: All})
			for p := range s.People() {
				all = append(all, string(s.AppendAttributes(nil, p)))
			}
			return all
		}
		if diff := cmp.Diff(answer(1), answer(rapid.Uint64().Draw(t, "arrival"))); diff != "" {
			t.Fatalf("two orders of arrival:\n%s", diff)
		}
	})
}

// TestExactDuplicatesChangeNothing observes rows twice, as overlapping exports have them. The second is no
// event to send, because Counts.Events counts rows.
func TestExactDuplicatesChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var rows, twice []row
		for i := range uint64(rapid.IntRange(1, 12).Draw(t, "rows")) {
			r := rowGen(i).Draw(t, "row")
			r.UUID, r.HasUUID = rawjson.UUID{byte(i + 1)}, true
			rows = append(rows, r)
			twice = append(twice, r)
			if rapid.Bool().Draw(t, "again") {
				r.Ref, r.sends = r.Ref+1000, false
				twice = append(twice, r)
			}
		}
		o := Options{Separate: true, PersonIDs: true, Everybody: true, Events: true}
		c := choiceGen().Draw(t, "choice")
		s := decide(observe(twice, o, 2, rapid.Uint64().Draw(t, "arrival")), c)
		compareWithModel(t, s, newModel(rows, o, c))
	})
}
