package people

import (
	"context"
	"slices"
	"strings"

	"ph2cio/internal/identity"
	"ph2cio/internal/spool"
)

// resolved says which of their profiles somebody is sent under, and what becomes of the others.
type resolved struct {
	known  bool // the profile is there already
	by     By   // what it goes by; an empty value is for the choice of identifiers to say
	value  string
	merges []merging
	late   bool   // one of merges has their email, which they get only after it
	holder string // another profile that has it for good; empty for none
}

// merging is a profile that goes into a person's.
type merging struct {
	by    By
	value string
}

// resolver chooses between the profiles of each candidate who has any. It comes after emails have been given
// to one person each, and may change kept IDs.
type resolver struct {
	ctx         context.Context // of resolve
	options     *Options
	choice      *Choice
	people      *candidates
	names       profileNames
	identifiers *identifiers
	targets     *targets

	of   map[uint32]*resolved // by candidate
	held []HeldPerson
}

// resolve goes through the profiles of all candidates.
func (s *resolver) resolve(profiles foundProfiles) error {
	s.of = map[uint32]*resolved{}
	r := readers.Get().(*spool.Reader)
	defer readers.Put(r)
	turn := 0
	for all := range runs(profiles.all, func(a, b *candidateProfile) bool { return a.candidate == b.candidate }) {
		if err := stopped(s.ctx, turn); err != nil {
			return err
		}
		turn++
		number := all[0].candidate
		if s.choice.status(s.people.all[number].flags) != Sent {
			continue
		}
		if !s.resolveOne(number, s.distinct(all), r) {
			delete(profiles.taken, number)
		}
	}
	for number, holder := range profiles.taken {
		s.resolvedOf(number).holder = holder
	}
	slices.SortFunc(s.held, func(a, b HeldPerson) int { return strings.Compare(a.ID, b.ID) })
	return nil
}

// resolvedOf is what is resolved of a candidate so far.
func (s *resolver) resolvedOf(number uint32) *resolved {
	if s.of[number] == nil {
		s.of[number] = &resolved{}
	}
	return s.of[number]
}

// distinct makes one of what earlier runs have sent and what is there, where both are one profile.
func (s *resolver) distinct(all []candidateProfile) (profiles []candidateProfile) {
	for _, one := range all { // first those that were sent
		i := slices.IndexFunc(profiles, func(p candidateProfile) bool { return s.names.same(&p, &one) })
		if i < 0 {
			profiles = append(profiles, one)
			continue
		}
		p := &profiles[i]
		p.row, p.identified = max(p.row, one.row), p.identified || one.identified
		if !p.namedByID && one.namedByID {
			p.node, p.text, p.namedByID, p.rank = one.node, one.text, true, one.rank
		}
	}
	return profiles
}

// resolveOne decides about the profiles of a candidate. It reports false for one who is held.
func (s *resolver) resolveOne(number uint32, profiles []candidateProfile, r *spool.Reader) (sent bool) {
	c := &s.people.all[number]
	var identified []candidateProfile
	for _, p := range profiles {
		if p.identified {
			identified = append(identified, p)
		}
	}
	may := s.choice.MergeProfiles || s.named(identified)
	if len(identified) > 1 && !may && !s.chosenBefore(c, identified) {
		email, _ := s.identifiers.own(number, r)
		s.held = append(s.held, s.names.heldPerson(s.people.name(number), email, profiles))
		c.set(isHeld)
		return false
	}
	primary := s.primary(c, profiles, identified)
	out := s.resolvedOf(number)
	if primary != nil {
		s.keep(c, primary)
	}
	email, cioID := s.identifiers.own(number, r)
	if primary != nil {
		out.known = true
		out.by, out.value = s.addressOf(primary, email, cioID)
	}
	for i := range profiles {
		p := &profiles[i]
		if primary != nil && s.names.same(primary, p) {
			continue
		}
		merges := s.choice.Merges != MergeNever && (!p.identified || may)
		if merges {
			by, value := s.names.nameOf(p)
			out.merges = append(out.merges, merging{by, value})
		}
		if !s.names.has(p, email) || primary != nil && s.names.has(primary, email) {
			continue
		}
		if out.late = out.late || merges; !merges {
			_, out.holder = s.names.nameOf(p)
		}
	}
	return true
}

// primary is the profile that all others go into; nil where it is to be made, under the kept ID.
func (s *resolver) primary(c *candidate, profiles, identified []candidateProfile) *candidateProfile {
	among := identified
	if len(identified) == 0 {
		if c.rank != identity.SentAnonymous && c.rank != identity.ExistingAnonymous {
			return nil // one of the IDs is identified, or none has a profile
		}
		among = profiles
	}
	best := &among[0]
	for i := range among[1:] {
		if one := &among[1+i]; s.better(one, best, among) {
			best = one
		}
	}
	if c.rank == identity.Chosen && best.rank.Rank > identity.Chosen && s.chosenFirst(best, len(identified)) {
		return nil
	}
	return best
}

// chosenFirst reports whether a profile is made under an ID of the form of --user-id though others are there
// already: it is theirs, and the best of those others goes by another of their IDs, or all become one.
func (s *resolver) chosenFirst(best *candidateProfile, identified int) bool {
	if s.choice.MergeProfiles {
		return best.namedByID || identified > 1
	}
	return best.namedByID && identified <= 1
}

// better reports whether a profile is rather the one that is kept than another: the target of a
// $merge_dangerously, then as for IDs.
func (s *resolver) better(p, q *candidateProfile, among []candidateProfile) bool {
	if a, b := s.mergedByName(p, among), s.mergedByName(q, among); a != b {
		return b
	}
	if c := p.rank.Compare(q.rank); c != 0 {
		return c < 0
	}
	if (p.sent != 0) != (q.sent != 0) { // both go by one ID of the person's, which was sent under an email
		return p.sent != 0
	}
	return s.order(p) < s.order(q)
}

// order is a text that tells two profiles apart.
func (s *resolver) order(p *candidateProfile) string {
	by, value := s.names.nameOf(p)
	return string(rune('0'+by)) + value
}

// mergedByName reports whether a $merge_dangerously names a profile as the source of another one.
func (s *resolver) mergedByName(p *candidateProfile, among []candidateProfile) bool {
	return p.node != noNode && slices.ContainsFunc(s.targets.dangers[p.node], func(target uint32) bool {
		return target != p.node && slices.ContainsFunc(among, func(q candidateProfile) bool { return q.node == target })
	})
}

// named reports whether $merge_dangerously names the profiles, so that all are one by it.
func (s *resolver) named(identified []candidateProfile) bool {
	var nodes []uint32
	for _, p := range identified {
		if p.node == noNode {
			return false
		}
		nodes = append(nodes, p.node)
	}
	if len(nodes) < 2 {
		return false
	}
	one := nodes[:1:1]
	for grown := true; grown; {
		grown = false
		for _, node := range nodes {
			linked := func(other uint32) bool { return s.targets.dangerous(node, other) }
			if !slices.Contains(one, node) && slices.ContainsFunc(one, linked) {
				one, grown = append(one, node), true
			}
		}
	}
	return len(one) == len(nodes)
}

// chosenBefore reports whether --user-id has said which of several profiles is somebody's own, an earlier
// run has sent it, and the others were only there before.
func (s *resolver) chosenBefore(c *candidate, identified []candidateProfile) bool {
	ours := 0
	for _, p := range identified {
		own := p.node != noNode && s.options.ofUser(s.people.names.bytes(p.text))
		if own != (p.sent != 0) {
			return false
		}
		if own {
			ours++
		}
	}
	return ours == 1 && c.rank == identity.Sent
}

// keep makes the ID of the profile that is kept the candidate's.
func (s *resolver) keep(c *candidate, primary *candidateProfile) {
	if primary.namedByID {
		c.keepID(primary.text, primary.rank.Rank)
	}
}

// addressOf is what a profile that is there is sent under: the first kind of identifier of Choice.By, if
// it has that, else one that it has. An email counts only if it is still the person's, and was not that of a
// profile that was merged away.
func (s *resolver) addressOf(p *candidateProfile, email, cioID string) (By, string) {
	if p.sent != 0 || p.row == 0 {
		return s.names.nameOf(p)
	}
	existing, row := s.options.Existing, p.row-1
	if !sameEmail(existing.email(row), email) {
		email = ""
	}
	if has := existing.cioID(row); cioID != has {
		cioID = ""
	}
	values := map[By]string{ByID: existing.id(row), ByEmail: email, ByCioID: cioID}
	for _, by := range append(slices.Clone(s.choice.By), ByID, ByEmail, ByCioID) {
		if values[by] != "" && !s.options.wasMerged(by, values[by]) {
			return by, values[by]
		}
	}
	return existing.name(row)
}
