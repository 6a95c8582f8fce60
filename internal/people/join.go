package people

import (
	"cmp"
	"encoding/binary"
	"iter"
	"math"
	"ph2cio/internal/fold"
	"slices"
	"strings"
	"sync/atomic"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
	"ph2cio/internal/spool"
)

// join makes groups of IDs: by the persons export, by shared person_ids, and by links in order of ingestion.
func (s *settler) join() error {
	nodes := int(s.first[shardCount])
	shares, err := s.shares()
	if err != nil {
		return err
	}
	s.groups = identity.NewGroups(nodes + len(shares.persons))
	if err := s.recall(); err != nil {
		return err
	}
	s.joinExported(shares)
	s.joinShares(shares)
	if err := s.rememberSets(); err != nil {
		return err
	}
	s.fusion.begin(s.first[shardCount])
	s.keepable, s.keepableLater = make(parallel.Bitset, nodes/64+1), make(parallel.Bitset, nodes/64+1)
	if err := s.follow(); err != nil {
		return err
	}
	if s.x.joined != nil {
		s.x.joined.Drop()
	}
	s.groups.Flatten()
	s.linked = nil
	s.rememberDirected()
	if err := s.recallDirected(); err != nil {
		return err
	}
	return s.nameLogins()
}

// joinShares joins IDs with shared person_ids.
func (s *settler) joinShares(f *shares) {
	exported, others := s.exportedSets, s.sets
	for i := range f.pairs {
		p := &f.pairs[i]
		if !s.groups.Share(p.id, s.first[shardCount]+p.person, p.last) {
			continue
		}
		if e := s.x.persons.all[f.persons[p.person]]; e != nil && e.node != 0 {
			s.keepInSet(p.id, exported+e.number)
		} else {
			s.keepInSet(p.id, others+p.person)
		}
	}
	last := nobody
	for _, p := range f.plain {
		s.groups.Join(p.first, p.other)
		if p.set != last {
			s.keepInSet(p.first, others+p.set)
		}
		s.keepInSet(p.other, others+p.set)
		last = p.set
	}
}

// shares are the shared person_ids, as nodes: pairs that join whatever comes, and where there is a persons export those
// that have to be asked for one after the other.
type shares struct {
	plain   []plainShare
	sets    uint32 // of plain
	pairs   []sharePair
	persons []sum // person_ids that have nodes of their own, behind those of IDs
}

// plainShare is two IDs of the set that had one person_id.
type plainShare struct{ first, other, set uint32 }

type sharePair struct {
	id, person uint32
	span
}

// shares makes nodes of the pairs that meet has found.
func (s *settler) shares() (*shares, error) {
	all := &shares{}
	found := make([]shares, shardCount)
	err := parallel.EachUntilError(s.ctx, shardCount, func(i int) error { return found[i].read(s, s.x.pairs[i].shared) })
	for i := range found {
		one := &found[i]
		for j := range one.pairs {
			one.pairs[j].person += uint32(len(all.persons))
		}
		for j := range one.plain {
			one.plain[j].set += all.sets
		}
		all.sets += one.sets
		all.plain = append(all.plain, one.plain...)
		all.pairs = append(all.pairs, one.pairs...)
		all.persons = append(all.persons, one.persons...)
		*one = shares{}
	}
	all.sort(s.x.persons)
	return all, err
}

// read takes the pairs of a log, in which those of one person_id stand together, and in these those of one ID.
func (f *shares) read(s *settler, log *spool.Log) error {
	var person, id sum
	var first uint32
	var room textRoom
	for entry, err := range log.All() {
		if err != nil {
			return err
		}
		p, rest := s.x.readPair(entry, &room)
		if s.lonely(&p) {
			continue
		}
		node, _ := s.node(p.id)
		next := p.person != person
		switch {
		case s.x.persons != nil:
			p.span = readSpan(rest)
			f.add(node, &p, next, next || p.id != id)
		case next:
			first = node
			f.sets++
		case p.id != id:
			f.plain = append(f.plain, plainShare{first, node, f.sets - 1})
		}
		person, id = p.person, p.id
	}
	log.Drop()
	return nil
}

// add takes a pair, where there is a persons export. It may be the next one of its person_id, and of that the next one of
// its ID, or say more of the one before.
func (f *shares) add(node uint32, p *pair, person, id bool) {
	if person {
		f.persons = append(f.persons, p.person)
	}
	if !id {
		f.pairs[len(f.pairs)-1].extend(&p.span)
		return
	}
	f.pairs = append(f.pairs, sharePair{id: node, person: uint32(len(f.persons) - 1), span: p.span})
}

// sort puts the pairs in the order of their first rows, those younger than the persons export before all others: what has
// come since does not join who was one person only before it.
func (f *shares) sort(export *persons) {
	if export == nil {
		return
	}
	old := func(p *sharePair) int {
		if p.last > export.at() {
			return 0
		}
		return 1
	}
	slices.SortFunc(f.pairs, func(a, b sharePair) int {
		return cmp.Or(cmp.Compare(old(&a), old(&b)), a.first.Compare(&b.first), strings.Compare(a.tie, b.tie))
	})
}

// joinExported joins what the persons export joins.
func (s *settler) joinExported(f *shares) {
	p := s.x.persons
	if p == nil {
		return
	}
	s.groups.Known(p.at())
	s.exportedSets = s.sets
	number := uint32(0)
	for h, m := range p.of {
		node, ok := s.node(h)
		if m.person == nil || !ok || m.apart {
			continue
		}
		if m.person.node == 0 {
			if m.person.properties {
				s.groups.Feed(node)
			}
			m.person.node, m.person.number = node+1, number
			number++
			s.groups.Export(node, m.person.number)
		}
		s.groups.Join(m.person.node-1, node)
		set := s.exportedSets + m.person.number
		s.keepInSet(node, set)
		s.keepJoining(&fold.Joining{Target: node, Source: set, At: p.order(), Kind: fold.OfExport})
	}
	for i, person := range f.persons {
		if e := p.all[person]; e != nil && e.node != 0 {
			s.groups.Join(e.node-1, s.first[shardCount]+uint32(i))
		}
	}
}

// follow goes through the links in order of ingestion, and through what decides about them.
func (s *settler) follow() error {
	steps := &spool.Sorter[step]{
		Space: s.x.space, Most: int(min(s.x.memory/stepsShare/stepBytes, mostSteps)),
		Compare: func(a, b *step) int { return a.compare(b) },
		Append:  func(dst []byte, s *step) []byte { return s.append(dst) },
		Read:    readStep,
	}
	if err := s.steps(steps); err != nil {
		return err
	}
	var last followed
	for one, err := range spool.Until(s.ctx, steps.Sorted()) {
		if err != nil {
			return err
		}
		switch {
		case one.login:
			s.groups.Identify(one.a)
			continue
		case one.first:
			s.groups.Appear(one.a)
			continue
		}
		fed := s.groups.Fed(one.a) && s.groups.Fed(one.b)
		outcome := s.groups.Follow(identity.Link{Kind: one.kind, Target: one.a, Source: one.b, At: one.order.At, Again: one.again})
		s.note(&one, outcome)
		if !one.again && (outcome == identity.Joined || outcome == identity.Same) {
			if one.kind == identity.Identify {
				s.noteAnonymous(one.b)
			}
			last = s.keepBefore(&last, followed{step: one, replays: fed, follows: true})
		}
	}
	s.keepBefore(&last, followed{})
	return nil
}

// noteAnonymous notes the anonymous ID of an $identify that was accepted. One that was refused says nothing of
// it: it may be a customer's own.
func (s *settler) noteAnonymous(node uint32) {
	shard, number := s.shardOf(node)
	shard.anonymous.Add(uint64(number))
}

// followed is a link that was not refused.
type followed struct {
	step
	replays bool // its place among the rows that change persons matters
	follows bool // false for none
}

// keepBefore keeps the last link before the next one, which it returns. Links of one time are followed in
// another order than that in which persons are replayed, so that the places of all of them matter.
func (s *settler) keepBefore(last *followed, next followed) followed {
	if last.follows && next.follows && last.order.At == next.order.At {
		last.replays, next.replays = true, true
	}
	if last.follows {
		s.keepLinked(&last.step, last.replays)
	}
	return next
}

// firstStep is that an ID first has a person, or that somebody first logs in with it.
func firstStep(node uint32, at identity.Moment, login bool) step {
	one := step{first: true, login: login, a: node}
	one.order.At = at.At
	binary.BigEndian.PutUint64(one.order.UUID[:], at.UUID)
	return one
}

// stepBytes is what a step, or a link that is sorted, takes in memory at most.
const stepBytes = 128

// mostSteps is how many steps are sorted in memory at once, however much there is.
const mostSteps = 1 << 20

// steps collects all that happens: the links, when IDs in links first have a person, and when somebody first logs in with an
// ID.
func (s *settler) steps(all *spool.Sorter[step]) error {
	s.exportSteps(all)
	targets, err := s.machineTargets()
	if err != nil {
		return err
	}
	links := s.x.newLinkSorter()
	for i := range s.x.shards {
		sh := &s.x.shards[i]
		if err := s.stopped(0); err != nil {
			return err
		}
		if err := s.linkSteps(sh.sortedLinks(links), all); err != nil {
			return err
		}
		err := sh.eachFact(func(number uint32, f *fact, text []byte) error {
			node := s.first[i] + number
			s.wasBefore(node, f.marks)
			if f.marks&hasState != 0 {
				s.groups.Feed(node)
			}
			s.noteKeepable(node, f, text)
			if f.marks&wasUser != 0 {
				s.groups.Login(node)
			}
			if f.marks.identified() {
				s.fusion.add(s.groups.Find(node))
			}
			if f.marks.device() {
				s.groups.Machine(node)
			}
			if f.marks&(wasKnown|hadLogin) == wasKnown {
				all.Add(firstStep(node, f.known, true))
			}
			person := f.marks & (hasPerson | inLink | hadPerson)
			if person == hasPerson|inLink || person == hasPerson && targets.Has(uint64(s.groups.Find(node))) {
				all.Add(firstStep(node, f.first, false))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// machineTargets are the roots of groups with an ID that a machine made and that an $identify may join with somebody
// who is identified: whether it may hangs on all in the group.
func (s *settler) machineTargets() (parallel.Bitset, error) {
	if !s.x.machineTargets.Load() {
		return nil, nil
	}
	targets := make(parallel.Bitset, s.first[shardCount]/64+1)
	return targets, s.eachNode(func(node uint32, f *fact, _ []byte) error {
		if f.marks&wasTarget != 0 && f.marks.device() {
			root := s.groups.Find(node)
			atomic.OrUint64(&targets[root/64], 1<<(root%64))
		}
		return nil
	})
}

// exportSteps collects what the persons export says: its IDs have a person by its time, and some of those are identified.
func (s *settler) exportSteps(all *spool.Sorter[step]) {
	p := s.x.persons
	if p == nil {
		return
	}
	at := identity.Moment{At: p.at(), UUID: math.MaxUint64}
	for h, m := range p.of {
		node, ok := s.node(h)
		if m.person == nil || !ok || m.apart {
			continue
		}
		all.Add(firstStep(node, at, false))
		if m.person.identified && m.person.node == node+1 {
			all.Add(firstStep(node, at, true))
		}
	}
}

// linkSteps collects the links that decide, of sorted ones.
func (s *settler) linkSteps(links iter.Seq2[link, error], all *spool.Sorter[step]) error {
	for l, err := range s.x.distinct(links) {
		if err != nil {
			return err
		}
		one := step{order: l.at.Order, stamp: l.at.Stamp, ref: l.at.Ref, kind: l.kind, again: l.again, tie: l.tie}
		one.a, _ = s.node(l.target)
		one.b, _ = s.node(l.source)
		all.Add(one)
	}
	return nil
}

// note remembers what a link that came to something asks for: a merge of its anonymous ID.
func (s *settler) note(one *step, outcome identity.Outcome) {
	if s.x.options.Trace != nil {
		s.x.options.Trace(one.ref, outcome)
	}
	accepted := outcome == identity.Joined || outcome == identity.Same
	if accepted {
		s.noteDirected(one)
	}
	if s.choice.Merges == MergeIdentify && one.kind == identity.Identify && accepted {
		s.links = append(s.links, [2]uint32{one.a, one.b})
	}
}
