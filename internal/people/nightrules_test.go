package people

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/rawjson"
	"ph2cio/internal/testkit/rulebook"
)

// TestNightsAreThoseOfTheRules holds random nights, in which attributes and emails come and go, against the
// slow statement of their rules: what is removed, who gives an email up and who gets it late, and what only a
// persons export has said.
func TestNightsAreThoseOfTheRules(t *testing.T) {
	t.Parallel()
	met := map[string]int{}
	for seed := range histories(t) / 4 {
		all := randomNights(rand.New(rand.NewPCG(seed, 7)))
		n := nights{}
		for i, want := range rulebook.Nights(all) {
			s := n.nextOf(t, all[i])
			if diff := cmp.Diff(want, updatesOf(s, want)); diff != "" {
				t.Fatalf("seed %d, night %d (-want +got):\n%s\n%+v", seed, i+1, diff, all)
			}
			for _, u := range want {
				met["removed"] += len(u.Removed)
				for what, is := range map[string]bool{"freed": u.FreesEmail, "late": u.EmailLate, "exported": u.Attributes["export"] != ""} {
					if is {
						met[what]++
					}
				}
			}
			n.send(s)
		}
	}
	for _, what := range []string{"removed", "freed", "late", "exported"} {
		if met[what] == 0 {
			t.Errorf("%s: in none of the nights", what)
		}
	}
}

// randomNights returns up to six nights of four people, each of whom is there from the first night on. Some
// rows come a night late, and no persons export has people whose rows are late: one that says what the one
// before said is not kept, so that such a row would come after it.
func randomNights(dice *rand.Rand) (all []rulebook.Night) {
	micros := int64(1_772_000_000_000_000)
	var late []rulebook.Row
	row := func(id int) rulebook.Row {
		micros += 60_000_000
		return rulebook.Row{
			Ref: uint64(micros), Name: "$set", DistinctID: fmt.Sprint("user_", id), CreatedAt: micros, Timestamp: micros,
			UUID: fmt.Sprintf("01960001-0000-7000-8000-%012d", micros/60_000_000%1_000_000_000_000), Sends: false,
		}
	}
	for range 2 + dice.IntN(5) {
		night := rulebook.Night{Rows: late}
		late = nil
		for id := range 4 {
			if len(all) == 0 {
				night.Rows = append(night.Rows, row(id))
			}
		}
		for range 1 + dice.IntN(4) {
			r := row(dice.IntN(4))
			key := []string{"plan", "city", "export", "email"}[dice.IntN(4)]
			switch value := fmt.Sprintf("%q:%d", key, dice.IntN(3)); {
			case dice.IntN(3) == 0:
				r.Unset = []string{key}
			case key == "email":
				r.Set = fmt.Sprintf(`{"email":"%d@example.com"}`, dice.IntN(3))
			case dice.IntN(4) == 0:
				r.SetOnce = "{" + value + "}"
			default:
				r.Set = "{" + value + "}"
			}
			if dice.IntN(4) == 0 && r.Set+r.SetOnce != "" && key != "email" {
				late = append(late, r)
			} else {
				night.Rows = append(night.Rows, r)
			}
		}
		if dice.IntN(3) == 0 {
			micros += 60_000_000
			night.ExportedAt = micros
			for id := range 4 {
				isLate := func(r rulebook.Row) bool { return r.DistinctID == fmt.Sprint("user_", id) }
				if dice.IntN(3) > 0 && !slices.ContainsFunc(late, isLate) {
					night.Persons = append(night.Persons, rulebook.PersonRow{
						DistinctID: fmt.Sprint("user_", id), PersonID: fmt.Sprintf("019cb84c-2222-7000-8000-%012d", id), PersonVersion: int64(len(all)),
						Properties: fmt.Sprintf(`{"export":%d}`, dice.IntN(3)),
					})
				}
			}
		}
		all = append(all, night)
	}
	return all
}

// nextOf learns a night after what the nights before have.
func (n *nights) nextOf(t *testing.T, night rulebook.Night) *Directory {
	t.Helper()
	o := n.options
	o.Persons = len(night.Persons) > 0
	x := NewIndex(o)
	t.Cleanup(func() { _ = x.Close() })
	learnPersons(x, rulebook.History{Persons: night.Persons, ExportedAt: night.ExportedAt})
	for _, r := range night.Rows {
		x.Observe(eventOf(r), r.Sends)
	}
	return n.settle(t, x, Choice{})
}

// updatesOf returns what a night makes of the people for whom updates are wanted. Of the attributes to remove
// it leaves out those that were never sent: null for them changes nothing.
func updatesOf(s *Directory, want map[string]rulebook.Update) map[string]rulebook.Update {
	all := map[string]rulebook.Update{}
	for id, w := range want {
		p, _ := s.Lookup([]byte(id))
		if p == nil {
			continue
		}
		u := rulebook.Update{Attributes: map[string]string{}, EmailLate: p.EmailLate()}
		for key, value := range s.Attributes(p) {
			if key == "email" {
				u.Email = string(trimmed(value))
				continue
			}
			u.Attributes[key] = string(value)
		}
		u.FreesEmail = p.FreesEmail() && u.Email == ""
		gone := map[string]bool{}
		object := s.AppendRemoved(nil, p)
		for _, member := range rawjson.WalkMembers(nil, object) {
			gone[string(object[member.KeyStart:member.KeyEnd])] = true
		}
		maps.DeleteFunc(gone, func(key string, _ bool) bool { return !slices.Contains(w.Removed, key) && u.Attributes[key] == "" })
		u.Removed = slices.Sorted(maps.Keys(gone))
		all[id] = u
	}
	return all
}
