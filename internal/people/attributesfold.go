package people

import (
	"context"
	"slices"
	"sync"

	"ph2cio/internal/fold"
	"ph2cio/internal/parallel"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// folded is the candidates' final attributes, and what follows from them.
type folded struct {
	parts  *fold.Parts
	uuids  []rawjson.UUID // by candidate; nil without Options.PersonIDs
	emails *claims
	cioIDs *claims

	emailSums []uint64 // by candidate: the EmailSum of their email; nil if no earlier run has sent anybody
}

// foldAttributes folds the attributes of all IDs of each candidate.
func foldAttributes(ctx context.Context, j *joined, people *candidates, choice *Choice) (*folded, error) {
	x := j.joinings.nodes.x
	f := &attributeFolder{
		nodes: j.joinings.nodes, logins: j.logins, people: people, choice: choice, options: &x.options,
		filters: keyedFilters(choice.Filters, x.keys),
		folded:  folded{fold.NewParts(x.space, len(people.all), people.wasSent), nil, newClaims(x), newClaims(x), nil},
	}
	if x.persons != nil && x.later.wanted() {
		f.parts.KeepNew(x.persons.order(), f.keepExported)
		f.findStrangers()
	}
	if err := x.eachShard(ctx, f.handOut); err != nil {
		return nil, err
	}
	if err := f.handOutExported(); err != nil {
		return nil, err
	}
	if err := j.joinings.handOut(ctx, f.giveJoining); err != nil {
		return nil, err
	}
	if x.options.PersonIDs {
		f.uuids = make([]rawjson.UUID, len(people.all))
	}
	if x.earlier.sent > 0 {
		f.emailSums = make([]uint64, len(people.all))
	}
	return &f.folded, parallel.EachUntilError(ctx, f.parts.Len(), f.foldPart)
}

// dropClaims frees the claims.
func (f *folded) dropClaims() { f.emails, f.cioIDs = nil, nil }

// attributeFolder is foldAttributes while it works.
type attributeFolder struct {
	folded
	nodes     *nodes
	logins    *loginCollector
	people    *candidates
	choice    *Choice
	filters   []keyedFilter // of choice
	options   *Options
	strangers map[uint32]*exportPerson // by node: see findStrangers
	oneShard  sync.Mutex               // held while the attributes of a shard are read from disk
	claiming  sync.Mutex               // of emails and cioIDs
}

// handOut gives the attributes of a shard's IDs to the parts of their candidates.
func (s *attributeFolder) handOut(shard uint32, sh *shard) error {
	if sh.states.Spilled() {
		s.oneShard.Lock() // their attributes are in memory at once
		defer s.oneShard.Unlock()
		sh.states.Spill(sh.ids.name)
	}
	first := s.nodes.first[shard]
	wanted := func(name fold.Name) (uint32, bool) {
		owner, _ := sh.ids.find(readSum(name[:]))
		_, ok := s.people.numberOf(first + owner)
		return owner, ok || s.strangers[first+owner] != nil
	}
	return sh.states.Each(sh.ids.count, wanted, func(owner uint32, st *fold.State, w *fold.Scratch) {
		if number, ok := s.people.numberOf(first + owner); ok {
			s.logins.noteAttributes(first+owner, st, w, s.nodes.x.keys)
			s.parts.Give(number, first+owner, st, w)
		} else if e := s.strangers[first+owner]; e != nil {
			e.setKept(st.OnlyExported())
		}
	})
}

// findStrangers finds the people of the persons export who are no candidates. What the export says of them is
// kept too, because a later run may have their first rows.
func (s *attributeFolder) findStrangers() {
	s.strangers = map[uint32]*exportPerson{}
	for _, e := range s.nodes.x.persons.byPersonID {
		if !e.hasNode() || !e.properties {
			continue
		}
		if _, ok := s.people.numberOf(e.node - 1); !ok {
			s.strangers[e.node-1] = e
		}
	}
}

// handOutExported gives the properties of the persons export to the parts.
func (s *attributeFolder) handOutExported() error {
	export := s.nodes.x.persons
	if export == nil {
		return nil
	}
	var r spool.Reader
	var w fold.Scratch
	for _, e := range export.inOrder() {
		if !e.hasNode() || !e.properties {
			continue
		}
		number, isCandidate := s.people.numberOf(e.node - 1)
		if !isCandidate && s.strangers == nil {
			continue
		}
		st, err := export.state(e, &r)
		if err != nil {
			return err
		}
		if isCandidate {
			s.parts.Give(number, e.node-1, &st, &w)
		} else if sum, _ := st.OnlyExported(); sum != e.keptSum {
			s.keepExported(e.node-1, &st)
		}
	}
	return nil
}

// keepExported keeps properties of the persons export for later runs, as if a row of one of the person's IDs
// had had them.
func (s *attributeFolder) keepExported(node uint32, st *fold.State) {
	var name fold.Name
	s.nodes.sumOf(node).append(name[:0])
	s.nodes.x.later.add(pieceEntry, fold.AppendNamed(nil, name, st))
}

// giveJoining gives a joining to the part of its candidate, if several IDs of the candidate have attributes.
// Otherwise it does not matter when they were joined.
func (s *attributeFolder) giveJoining(target uint32, entry []byte) {
	if number, ok := s.people.numberOf(target); ok && s.people.all[number].flags&severalAttributes != 0 {
		s.parts.GiveJoining(number, entry)
	}
}

// foldPart folds the candidates of one part.
func (s *attributeFolder) foldPart(part int) error {
	var emails, cioIDs []claim
	err := s.parts.Fold(part, s.nodes.x.keys, func(number uint32, f fold.Folded) {
		c := &s.people.all[number]
		c.setUpdated(f.Updated)
		c.setTestAccount(!matchAll(s.filters, f.State))
		if claimed, ok := s.emailOf(number, f.State); ok {
			emails = append(emails, claimed)
		}
		if claimed, ok := s.cioIDOf(number, f.State); ok {
			cioIDs = append(cioIDs, claimed)
		}
		if id, said := f.PersonUUID(); said && s.options.PersonIDs { // else only an earlier run wanted it
			s.uuids[number] = id
		}
		if s.choice.Who.includes(c.flags) || s.choice.byEmailID(c.flags) || c.flags&isSent != 0 {
			c.setAttributes(s.parts.Finish(number, f, s.options.KeepNull, s.nodes.x.keys))
		}
	})
	if err != nil {
		return err
	}
	s.claiming.Lock()
	defer s.claiming.Unlock()
	for _, c := range emails {
		s.emails.Add(c)
	}
	for _, c := range cioIDs {
		s.cioIDs.Add(c)
	}
	return nil
}

// emailOf returns the claim to a candidate's email, and sets the flags that follow from the email; false
// without a claim.
func (s *attributeFolder) emailOf(number uint32, st *fold.State) (claim, bool) {
	c := &s.people.all[number]
	email, at, ok := emailOf(st)
	if !ok {
		return claim{}, false
	}
	if s.choice.NamesEmail != nil && s.choice.NamesEmail(email) {
		c.set(emailNamed)
	}
	if s.choice.Excluded != nil && s.choice.Excluded(email) {
		c.set(isExcluded)
		return claim{}, false
	}
	c.set(hasEmail)
	if s.emailSums != nil {
		s.emailSums[number] = EmailSum(string(email))
	}
	_, there := s.options.Existing.byEmail(email)
	return claim{value: s.nodes.x.sum(FoldEmail(nil, email)), at: at, candidate: number, exists: there}, true
}

// cioIDOf does the same for the cio_id, if that matters.
func (s *attributeFolder) cioIDOf(number uint32, st *fold.State) (claim, bool) {
	id, at, ok := cioIDOf(st)
	if !ok || s.options.Existing == nil && !slices.Contains(s.choice.By, ByCioID) {
		return claim{}, false
	}
	s.people.all[number].set(hasCioID)
	return claim{value: s.nodes.x.sum(id), at: at, candidate: number, exists: s.options.Existing.hasCioID(id)}, true
}
