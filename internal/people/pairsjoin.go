package people

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
)

// pairJoins are what shared person_ids join, by nodes. Without a persons export that is plain, where the
// order does not matter. With one it is timed, because the export may refuse some of them.
type pairJoins struct {
	plain   []pairJoin
	sets    uint32 // how many person_ids plain has
	timed   []timedJoin
	persons []sum // the person_ids of timed; their nodes come after those of IDs
}

// pairJoin is two IDs that had one person_id; set numbers the person_ids.
type pairJoin struct{ first, other, set uint32 }

// timedJoin is an ID that had a person_id, with the time from the first to the last of such rows.
type timedJoin struct {
	id, person uint32
	span
}

// readPairJoins reads the pairs that findSharedPairs has found.
func readPairJoins(ctx context.Context, nodes *nodes, pairs *sharedPairs) (*pairJoins, error) {
	all := &pairJoins{}
	found := make([]pairJoins, shardCount)
	err := parallel.EachUntilError(ctx, shardCount, func(i int) error { return found[i].read(nodes, pairs, i) })
	for i := range found {
		one := &found[i]
		for j := range one.timed {
			one.timed[j].person += uint32(len(all.persons))
		}
		for j := range one.plain {
			one.plain[j].set += all.sets
		}
		all.sets += one.sets
		all.plain = append(all.plain, one.plain...)
		all.timed = append(all.timed, one.timed...)
		all.persons = append(all.persons, one.persons...)
		*one = pairJoins{}
	}
	all.sort(nodes.x.persons)
	return all, err
}

// read adds the pairs of one of the logs.
func (f *pairJoins) read(nodes *nodes, pairs *sharedPairs, number int) error {
	log := pairs.logs[number]
	var person, id sum
	var first uint32
	var room textRoom
	for entry, err := range log.All() {
		if err != nil {
			return err
		}
		p, rest := readPair(entry, &room, nodes.x.seed)
		if !pairs.counts(&p) {
			continue
		}
		node, _ := nodes.of(p.id)
		next := p.person != person
		switch {
		case nodes.x.persons != nil:
			p.span = readSpan(rest)
			f.add(node, &p, next, next || p.id != id)
		case next:
			first = node
			f.sets++
		case p.id != id:
			f.plain = append(f.plain, pairJoin{first, node, f.sets - 1})
		}
		person, id = p.person, p.id
	}
	log.Drop()
	return nil
}

// add adds a pair to timed. newPerson says that the pair before had another person_id, newID that it had
// another person_id or ID. Otherwise the pair extends the one before.
func (f *pairJoins) add(node uint32, p *pair, newPerson, newID bool) {
	if newPerson {
		f.persons = append(f.persons, p.person)
	}
	if !newID {
		f.timed[len(f.timed)-1].extend(&p.span)
		return
	}
	f.timed = append(f.timed, timedJoin{id: node, person: uint32(len(f.persons) - 1), span: p.span})
}

// sort sorts timed in the order of the first rows. Pairs with rows after the persons export come before all
// others, since these cannot be refused.
func (f *pairJoins) sort(export *persons) {
	if export == nil {
		return
	}
	old := func(p *timedJoin) int {
		if p.last > export.at() {
			return 0
		}
		return 1
	}
	slices.SortFunc(f.timed, func(a, b timedJoin) int {
		return cmp.Or(cmp.Compare(old(&a), old(&b)), a.first.Compare(&b.first), strings.Compare(a.tie, b.tie))
	})
}

// joinPairs joins the IDs that shared a person_id. firstExported is the number of the set of the persons
// export's first person.
func joinPairs(j *joinings, groups *identity.Groups, f *pairJoins, firstExported uint32) {
	export, others := j.nodes.x.persons, j.sets
	for i := range f.timed {
		p := &f.timed[i]
		if !groups.Share(p.id, uint32(j.nodes.count())+p.person, p.last) {
			continue
		}
		if e := export.byPersonID[f.persons[p.person]]; e != nil && e.hasNode() {
			j.addToSet(p.id, firstExported+e.number)
		} else {
			j.addToSet(p.id, others+p.person)
		}
	}
	last := noSet
	for _, p := range f.plain {
		groups.Join(p.first, p.other)
		if p.set != last {
			j.addToSet(p.first, others+p.set)
		}
		j.addToSet(p.other, others+p.set)
		last = p.set
	}
}

// noSet is the number of no set.
const noSet = ^uint32(0)
