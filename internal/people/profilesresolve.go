package people

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ph2cio/internal/identity"
	"ph2cio/internal/spool"
)

// resolved says which of a candidate's profiles they are sent under, and what becomes of the others.
type resolved struct {
	known  bool // Customer.io has the profile already
	by     By   // the kind of its identifier; with an empty value Choice.By decides
	value  string
	merges []merging
	late   bool   // one of merges has their email, or givenUp is set; they get it only after the merges
	holder string // another profile that has their email for good; empty for none

	givenUp bool   // somebody whom an earlier run has sent with their email gives it up
	giver   uint32 // with givenUp: the candidate who does

	brought uint64 // EmailSum of an email of one of merges, which the candidate does not have; 0 for none
}

// giveUp says that another candidate gives the email up, which comes late then.
func (r *resolved) giveUp(giver uint32) { r.late, r.givenUp, r.giver = true, true, giver }

// keepEmail says that another profile keeps the email, unless one is known that does.
func (r *resolved) keepEmail(holder string) {
	if r.holder == "" {
		r.holder = holder
	}
}

// merging is a profile that is merged into a person's.
type merging struct {
	by    By
	value string
}

// resolver chooses between the profiles of candidates. It comes after each email has been given to one
// person. It may change kept IDs.
type resolver struct {
	ctx         context.Context // of resolve
	options     *Options
	choice      *Choice
	people      *candidates
	names       profileNames
	identifiers *identifiers
	merges      *namedMerges

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

// resolvedOf returns what is resolved of a candidate so far.
func (s *resolver) resolvedOf(number uint32) *resolved {
	if s.of[number] == nil {
		s.of[number] = &resolved{}
	}
	return s.of[number]
}

// distinct makes one of two profiles that are the same: one that an earlier run has sent, and one of
// Options.Existing.
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

// resolveOne chooses between the profiles of a candidate. It returns false if the candidate is held.
func (s *resolver) resolveOne(number uint32, profiles []candidateProfile, r *spool.Reader) (sent bool) {
	c := &s.people.all[number]
	var identified []candidateProfile
	for _, p := range profiles {
		if p.identified {
			identified = append(identified, p)
		}
	}
	may := s.choice.MergeProfiles || s.merges.named(number, identified)
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
			if p.sent != 0 && email == "" {
				out.brought = cmp.Or(out.brought, s.names.sentOf(p).email)
			}
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

// primary returns the profile into which the others are merged; nil if it has yet to be made, under the kept
// ID.
func (s *resolver) primary(c *candidate, profiles, identified []candidateProfile) *candidateProfile {
	among := identified
	if len(identified) == 0 {
		if c.rank != identity.SentAnonymous && c.rank != identity.ExistingAnonymous {
			return nil // one of the IDs is identified, or Customer.io has none of them
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

// chosenFirst reports whether a new profile is made under an ID that --user-id matches, though the candidate
// has profiles already. best is the best of these. It is so if the id of best is one of the candidate's IDs
// and it is the only identified one, or if all profiles become one anyway.
func (s *resolver) chosenFirst(best *candidateProfile, identified int) bool {
	if s.choice.MergeProfiles {
		return best.namedByID || identified > 1
	}
	return best.namedByID && identified <= 1
}

// better reports whether p is to be kept rather than q. The target of a $merge_dangerously comes first; then
// profiles are compared by their IDs.
func (s *resolver) better(p, q *candidateProfile, among []candidateProfile) bool {
	if a, b := s.merges.leads(p, among), s.merges.leads(q, among); a != b {
		return b
	}
	if c := p.rank.Compare(q.rank); c != 0 {
		return c < 0
	}
	if (p.sent != 0) != (q.sent != 0) { // one ID leads to both, and was sent under an email
		return p.sent != 0
	}
	return s.order(p) < s.order(q)
}

// order returns a text that differs for any two profiles.
func (s *resolver) order(p *candidateProfile) string {
	by, value := s.names.nameOf(p)
	return string(rune('0'+by)) + value
}

// chosenBefore reports whether --user-id has decided between several profiles in an earlier run: it matches
// the ID of the one that was sent, and none of the IDs of the others, which were not.
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

// keep makes the id of the profile that is kept the candidate's kept ID.
func (s *resolver) keep(c *candidate, primary *candidateProfile) {
	if primary.namedByID {
		c.keepID(primary.text, primary.rank.Rank)
	}
}

// addressOf returns the identifier that an existing profile is sent under: the first kind of Choice.By that
// it has, else any other. Its email or cio_id counts only if the person still has it, and no profile with it
// was merged into another one.
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
