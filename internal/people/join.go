package people

import (
	"encoding/binary"
	"iter"
	"slices"
	"strings"

	"ph2cio/internal/identity"
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
	before := s.rootsBefore() // before the persons export too: a later run may come without it
	s.joinExported(shares)
	for i := range shares.pairs {
		p := &shares.pairs[i]
		s.groups.Share(p.id, uint32(nodes)+p.person, p.last)
	}
	for _, p := range shares.plain {
		s.groups.Join(p[0], p[1])
	}
	s.keepable, s.keepableLater = make([]uint64, nodes/64+1), make([]uint64, nodes/64+1)
	if err := s.follow(); err != nil {
		return err
	}
	s.groups.Flatten()
	s.rememberJoins(before)
	s.rememberDirected()
	return s.recallDirected()
}

// shares are the shared person_ids, as nodes: pairs that join whatever comes, and where there is a persons export those
// that have to be asked for one after the other.
type shares struct {
	plain   [][2]uint32
	pairs   []sharePair
	persons []sum // person_ids that have nodes of their own, behind those of IDs
}

type sharePair struct {
	id, person uint32
	span
}

// shares looks for person_ids that several IDs had.
func (s *settler) shares() (*shares, error) {
	all := &shares{}
	for i := range s.x.shards {
		s.x.closePairs(&s.x.shards[i])
	}
	found := make([]shares, shardCount)
	err := parallel(shardCount, func(i int) error {
		if s.x.persons == nil {
			return s.x.pairs[i].eachShared(func(couples []couple) { found[i].join(s, couples) })
		}
		return s.x.pairs[i].eachPerson(func(pairs []pair) { found[i].add(s, pairs) })
	})
	for i := range found {
		one := &found[i]
		for j := range one.pairs {
			one.pairs[j].person += uint32(len(all.persons))
		}
		all.plain = append(all.plain, one.plain...)
		all.pairs = append(all.pairs, one.pairs...)
		all.persons = append(all.persons, one.persons...)
		*one = shares{}
	}
	all.sort()
	return all, err
}

// join takes the IDs that had one person_id.
func (f *shares) join(s *settler, couples []couple) {
	first, _ := s.node(couples[0].id)
	for _, c := range couples[1:] {
		other, _ := s.node(c.id)
		f.plain = append(f.plain, [2]uint32{first, other})
	}
}

// add takes the pairs of one person_id, where there is a persons export.
func (f *shares) add(s *settler, pairs []pair) {
	if len(pairs) == 1 && s.x.persons.all[pairs[0].person] == nil {
		return
	}
	for _, p := range pairs {
		node, _ := s.node(p.id)
		f.pairs = append(f.pairs, sharePair{id: node, person: uint32(len(f.persons)), span: p.span})
	}
	f.persons = append(f.persons, pairs[0].person)
}

// sort puts the pairs in the order of their first rows.
func (f *shares) sort() {
	slices.SortFunc(f.pairs, func(a, b sharePair) int {
		if c := a.first.Compare(&b.first); c != 0 {
			return c
		}
		return strings.Compare(a.tie, b.tie)
	})
}

// joinExported joins what the persons export joins.
func (s *settler) joinExported(f *shares) {
	p := s.x.persons
	if p == nil {
		return
	}
	s.groups.Known(p.at())
	number := uint32(0)
	for h, m := range p.of {
		node, ok := s.node(h)
		if m.person == nil || !ok {
			continue
		}
		if m.person.node == 0 {
			m.person.node, m.person.number = node+1, number
			number++
			s.groups.Export(node, m.person.number)
			continue
		}
		s.groups.Join(m.person.node-1, node)
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
	for one, err := range steps.Sorted() {
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
		outcome := s.groups.Follow(identity.Link{Kind: one.kind, Target: one.a, Source: one.b, At: one.order.At, Again: one.again})
		s.note(&one, outcome)
	}
	return nil
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
	links := s.x.newLinkSorter()
	for i := range s.x.shards {
		sh := &s.x.shards[i]
		if err := s.linkSteps(sh.sortedLinks(links), all); err != nil {
			return err
		}
		err := sh.eachFact(func(number uint32, f *fact, text []byte) error {
			node := s.first[i] + number
			s.wasBefore(node, f.marks)
			s.noteKeepable(node, f, text)
			if f.marks&wasUser != 0 {
				s.groups.Login(node)
			}
			if f.marks&(wasKnown|hadLogin) == wasKnown {
				all.Add(firstStep(node, f.known, true))
			}
			if f.marks&(hasPerson|inLink|hadPerson) == hasPerson|inLink {
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

// linkSteps collects the links that decide, of sorted ones.
func (s *settler) linkSteps(links iter.Seq2[link, error], all *spool.Sorter[step]) error {
	for l, err := range s.x.distinct(links) {
		if err != nil {
			return err
		}
		one := step{order: l.at.Order, kind: l.kind, again: l.again}
		if l.tie != "" || s.x.options.Trace != nil {
			one.row = &stepRow{l.at.ref, l.tie}
		}
		one.a, _ = s.node(l.target)
		one.b, _ = s.node(l.source)
		all.Add(one)
	}
	return nil
}

// note remembers what a link that came to something asks for: a merge of its anonymous ID.
func (s *settler) note(one *step, outcome identity.Outcome) {
	if s.x.options.Trace != nil {
		s.x.options.Trace(one.row.ref, outcome)
	}
	accepted := outcome == identity.Joined || outcome == identity.Same
	if accepted {
		s.noteDirected(one)
	}
	if s.choice.Merges == MergeIdentify && one.kind == identity.Identify && accepted {
		s.links = append(s.links, [2]uint32{one.a, one.b})
	}
}
