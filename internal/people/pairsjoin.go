package people

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
)

// pairJoins are the shared person_ids, as nodes: pairs that join whatever comes, and where there is a persons
// export those that must be joined one after the other, as some may be refused.
type pairJoins struct {
	plain   []pairJoin
	sets    uint32 // of plain
	timed   []timedJoin
	persons []sum // person_ids that have nodes of their own, behind those of IDs
}

// pairJoin is two IDs of the set that had one person_id.
type pairJoin struct{ first, other, set uint32 }

type timedJoin struct {
	id, person uint32
	span
}

// readPairJoins makes nodes of the pairs that meet has found.
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

// read takes the pairs of one of the logs.
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

// add takes a pair, where there is a persons export. It may be the next one of its person_id, and of that the
// next one of its ID, or say more of the one before.
func (f *pairJoins) add(node uint32, p *pair, person, id bool) {
	if person {
		f.persons = append(f.persons, p.person)
	}
	if !id {
		f.timed[len(f.timed)-1].extend(&p.span)
		return
	}
	f.timed = append(f.timed, timedJoin{id: node, person: uint32(len(f.persons) - 1), span: p.span})
}

// sort puts the pairs in the order of their first rows, those younger than the persons export before all
// others: what has come since does not join who was one person only before it.
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

// joinPairs joins IDs with shared person_ids. firstExported is the set of the persons export's first person.
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

const noSet = ^uint32(0)
