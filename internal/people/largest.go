package people

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"ph2cio/internal/spool"
)

// LargestPerson is a person who is sent and has many distinct IDs.
type LargestPerson struct {
	Person *Person
	IDs    int      // all that belong to the person, those of earlier runs too
	Logins int      // of them, those that are identified
	Emails []string // the final email, if the person has one, then IDs that are emails, sorted; at most 20 of these
}

// findLargest returns the people with the most IDs, the largest first. members has the number of a person, after all
// Statuses, for each node of somebody who is sent. most is how many people are returned at most.
func findLargest(ctx context.Context, nodes *nodes, members []uint32, persons []Person, finals *finals, most int) ([]LargestPerson, error) {
	if most == 0 {
		return nil, nil
	}
	all := largestOf(members, persons, most)
	at := map[uint32]*LargestPerson{}
	for i := range all {
		at[all[i].Person.Number] = &all[i]
	}
	var lock sync.Mutex
	err := nodes.each(ctx, func(node uint32, f *idFacts, text []byte) error {
		who := members[node]
		if who < uint32(statuses) || at[who-uint32(statuses)] == nil || !f.flags.identified() && f.flags&emailShaped == 0 {
			return nil
		}
		lock.Lock()
		defer lock.Unlock()
		one := at[who-uint32(statuses)]
		if f.flags.identified() {
			one.Logins++
		}
		if f.flags&emailShaped != 0 {
			one.Emails = append(one.Emails, string(text))
		}
		return nil
	})
	r := new(spool.Reader)
	for i := range all {
		one := &all[i]
		one.Emails = firstOf(one.Emails)
		if email, _ := finals.identifiers(one.Person.attributes, r); email != "" && !one.Person.withoutEmail {
			one.Emails = append([]string{email}, slices.DeleteFunc(one.Emails, func(id string) bool { return sameEmail(id, email) })...)
		}
	}
	return all, err
}

// largestOf returns the people with the most IDs, of those who have several, without their logins and emails.
func largestOf(members []uint32, persons []Person, most int) (all []LargestPerson) {
	ids := make([]uint32, len(persons))
	for _, who := range members {
		if who >= uint32(statuses) {
			ids[who-uint32(statuses)]++
		}
	}
	larger := func(a, b LargestPerson) int {
		return cmp.Or(cmp.Compare(b.IDs, a.IDs), cmp.Compare(a.Person.Number, b.Person.Number))
	}
	for number, n := range ids {
		if n < 2 || len(all) == most && int(n) <= all[most-1].IDs {
			continue
		}
		one := LargestPerson{Person: &persons[number], IDs: int(n)}
		at, _ := slices.BinarySearchFunc(all, one, larger)
		all = slices.Insert(all, at, one)
		all = all[:min(len(all), most)]
	}
	return all
}
