package people

import (
	"ph2cio/internal/fold"
	"slices"
	"sync"

	"ph2cio/internal/parallel"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// fold finds each candidate's final attributes, over all its IDs.
func (s *settler) fold() error {
	s.parts = fold.NewParts(s.x.space, len(s.candidates))
	s.settled.parts = s.parts
	if err := s.x.eachShard(s.ctx, s.handOut); err != nil {
		return err
	}
	if err := s.handOutExported(); err != nil {
		return err
	}
	if err := s.handOutJoinings(); err != nil {
		return err
	}
	if s.x.options.PersonIDs {
		s.uuids = make([]rawjson.UUID, len(s.candidates))
	}
	s.emails, s.cioIDs = s.newClaims(), s.newClaims()
	var lock sync.Mutex
	return parallel.EachUntilError(s.ctx, s.parts.Len(), func(i int) error {
		var f foldedPart
		err := s.parts.Fold(i, s.x.keys, func(number uint32, one fold.Folded) { s.foldOne(&f, number, one) })
		if err != nil {
			return err
		}
		lock.Lock()
		defer lock.Unlock()
		for _, c := range f.emails {
			s.emails.Add(c)
		}
		for _, c := range f.cioIDs {
			s.cioIDs.Add(c)
		}
		return nil
	})
}

// handOut gives the states of a shard's IDs to the parts of their candidates.
func (s *settler) handOut(shard uint32, sh *shard) error {
	if sh.states.Spilled() {
		s.oneShard.Lock() // all that is known of its IDs' attributes is in memory meanwhile
		defer s.oneShard.Unlock()
		sh.states.Spill(sh.ids.name)
	}
	wanted := func(name fold.Name) (uint32, bool) {
		owner, _ := sh.ids.find(readSum(name[:]))
		_, ok := s.candidateOf(s.first[shard] + owner)
		return owner, ok
	}
	return sh.states.Each(sh.ids.count, wanted, func(owner uint32, st *fold.State, w *fold.Scratch) {
		if number, ok := s.candidateOf(s.first[shard] + owner); ok {
			s.fusion.sees(s, s.first[shard]+owner, st, w)
			s.parts.Give(number, s.first[shard]+owner, st, w)
		}
	})
}

// handOutExported gives the properties of the persons export to the parts.
func (s *settler) handOutExported() error {
	if s.x.persons == nil {
		return nil
	}
	var r spool.Reader
	var w fold.Scratch
	for _, e := range s.x.persons.inOrder() {
		if e.node == 0 || !e.properties {
			continue
		}
		if number, ok := s.candidateOf(e.node - 1); ok {
			st, err := s.x.persons.state(e, &r)
			if err != nil {
				return err
			}
			s.parts.Give(number, e.node-1, &st, &w)
		}
	}
	return nil
}

// foldedPart is what the candidates of a part claim.
type foldedPart struct{ emails, cioIDs []claim }

// foldOne takes the final attributes of one candidate.
func (s *settler) foldOne(p *foldedPart, number uint32, f fold.Folded) {
	c := &s.candidates[number]
	c.updated = f.Updated
	s.askFor(c, f.State)
	if email, at, ok := emailOf(f.State); ok && !(s.choice.Excluded != nil && s.choice.Excluded(email)) {
		c.traits |= hasEmail
		_, there := s.x.options.Existing.byEmail(email)
		p.emails = append(p.emails, claim{s.x.sum(FoldEmail(nil, email)), at, number, there})
	} else if ok {
		c.traits |= isExcluded
	}
	if id, at, ok := cioIDOf(f.State); ok && (s.x.options.Existing != nil || slices.Contains(s.choice.By, ByCioID)) {
		c.traits |= hasCioID
		p.cioIDs = append(p.cioIDs, claim{s.x.sum(id), at, number, s.x.options.Existing.hasCioID(id)})
	}
	if id, said := f.PersonUUID(); said {
		s.uuids[number] = id
	}
	if s.choice.Who.takes(c.traits) || s.choice.byEmailID(c.traits) || c.traits&isSent != 0 {
		c.place = s.parts.Finish(number, f, s.x.options.KeepNull, s.x.keys)
		c.traits |= hasFinal
	}
}
