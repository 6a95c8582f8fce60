package people

import (
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

// resolve chooses between the profiles of each candidate who has any. It comes after emails have been given
// to one person each, and may change kept IDs.
func (s *settler) resolve() error {
	s.taken, s.resolved = map[uint32]string{}, map[uint32]*resolved{}
	if err := s.standings(); err != nil {
		return err
	}
	r := readers.Get().(*spool.Reader)
	defer readers.Put(r)
	turn := 0
	for all := range runs(s.standing, func(a, b *standing) bool { return a.candidate == b.candidate }) {
		if err := s.stopped(turn); err != nil {
			return err
		}
		turn++
		number := all[0].candidate
		if s.status(s.candidates[number].traits) == Sent {
			s.resolveOne(number, s.distinct(all), r)
		}
	}
	for number, holder := range s.taken {
		s.resolution(number).holder = holder
	}
	s.standing, s.taken = nil, nil
	slices.SortFunc(s.settled.held, func(a, b Held) int { return strings.Compare(a.ID, b.ID) })
	return nil
}

// resolution is what is resolved of a candidate so far.
func (s *settler) resolution(number uint32) *resolved {
	if s.resolved[number] == nil {
		s.resolved[number] = &resolved{}
	}
	return s.resolved[number]
}

// distinct makes one of what earlier runs have sent and what is there, where both are one profile.
func (s *settler) distinct(all []standing) (profiles []standing) {
	for _, one := range all { // first those that were sent
		i := slices.IndexFunc(profiles, func(p standing) bool { return s.same(&p, &one) })
		if i < 0 {
			profiles = append(profiles, one)
			continue
		}
		p := &profiles[i]
		p.row, p.identified = max(p.row, one.row), p.identified || one.identified
		if !p.own && one.own {
			p.node, p.text, p.own, p.suits = one.node, one.text, true, one.suits
		}
	}
	return profiles
}

// same reports whether two standings are one profile.
func (s *settler) same(p, one *standing) bool {
	switch {
	case one.sent != 0 && p.sent != 0:
		a, aValue := s.nameOf(p)
		b, bValue := s.nameOf(one)
		return a == b && aValue == bValue
	case one.row == p.row:
		return true
	case p.sent == 0 || p.row != 0:
		return false
	}
	existing, row := s.x.options.Existing, one.row-1
	switch by, value := s.nameOf(p); by {
	case ByEmail:
		return sameEmail(existing.email(row), value)
	case ByCioID:
		return existing.cioID(row) == value
	default:
		if id := existing.id(row); id != "" {
			return id == value
		}
		return s.sentOf(p).email == EmailSum(existing.email(row))
	}
}

func (s *settler) sentOf(p *standing) *sent { return &s.settled.sent[p.sent-1] }

// nameOf is what a profile goes by when it is merged.
func (s *settler) nameOf(p *standing) (By, string) {
	if p.sent == 0 {
		return s.x.options.Existing.name(p.row - 1)
	}
	if name := s.sentOf(p).name; name != nil {
		return name.by, name.value
	}
	return ByID, s.names.text(p.text)
}

func sameEmail(a, b string) bool {
	return a != "" && string(FoldEmail(nil, []byte(a))) == string(FoldEmail(nil, []byte(b)))
}

// has reports whether a profile is known to have an email.
func (s *settler) has(p *standing, email string) bool {
	if email == "" {
		return false
	}
	by, value := s.nameOf(p)
	return by == ByEmail && sameEmail(value, email) ||
		p.row != 0 && sameEmail(s.x.options.Existing.email(p.row-1), email) ||
		p.sent != 0 && s.sentOf(p).email == EmailSum(email)
}

// resolveOne decides about the profiles of a candidate.
func (s *settler) resolveOne(number uint32, profiles []standing, r *spool.Reader) {
	c := &s.candidates[number]
	var identified []standing
	for _, p := range profiles {
		if p.identified {
			identified = append(identified, p)
		}
	}
	may := s.choice.MergeProfiles || s.named(identified)
	if len(identified) > 1 && !may && !s.settledBefore(c, identified) {
		s.hold(number, profiles, r)
		return
	}
	primary := s.primary(c, profiles, identified)
	out := s.resolution(number)
	if primary != nil {
		s.keep(c, primary)
	}
	email, cioID := s.carried(number, r)
	if primary != nil {
		out.known = true
		out.by, out.value = s.addressOf(primary, email, cioID)
	}
	for i := range profiles {
		p := &profiles[i]
		if primary != nil && s.same(primary, p) {
			continue
		}
		merges := s.choice.Merges != MergeNever && (!p.identified || may)
		if merges {
			by, value := s.nameOf(p)
			out.merges = append(out.merges, merging{by, value})
		}
		if !s.has(p, email) || primary != nil && s.has(primary, email) {
			continue
		}
		if out.late = out.late || merges; !merges {
			_, out.holder = s.nameOf(p)
		}
	}
}

// primary is the profile that all others go into; nil where it is to be made, under the kept ID.
func (s *settler) primary(c *candidate, profiles, identified []standing) *standing {
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
	if c.rank == identity.Chosen && best.suits.Rank > identity.Chosen && s.chosenFirst(best, len(identified)) {
		return nil
	}
	return best
}

// chosenFirst reports whether a profile is made under an ID of the form of --user-id though others are there
// already: it is theirs, and the best of those others goes by another of their IDs, or all become one.
func (s *settler) chosenFirst(best *standing, identified int) bool {
	if s.choice.MergeProfiles {
		return best.own || identified > 1
	}
	return best.own && identified <= 1
}

// better reports whether a profile is rather the one that is kept than another: the target of a
// $merge_dangerously, then as for IDs.
func (s *settler) better(p, q *standing, among []standing) bool {
	if a, b := s.mergedByName(p, among), s.mergedByName(q, among); a != b {
		return b
	}
	if c := p.suits.Compare(q.suits); c != 0 {
		return c < 0
	}
	if (p.sent != 0) != (q.sent != 0) { // both go by one ID of the person's, which was sent under an email
		return p.sent != 0
	}
	return s.order(p) < s.order(q)
}

// order is a text that tells two profiles apart.
func (s *settler) order(p *standing) string {
	by, value := s.nameOf(p)
	return string(rune('0'+by)) + value
}

// mergedByName reports whether a $merge_dangerously names a profile as the source of another one.
func (s *settler) mergedByName(p *standing, among []standing) bool {
	return p.node != noNode && slices.ContainsFunc(s.dangers[p.node], func(target uint32) bool {
		return target != p.node && slices.ContainsFunc(among, func(q standing) bool { return q.node == target })
	})
}

// named reports whether $merge_dangerously names the profiles, so that all are one by it.
func (s *settler) named(identified []standing) bool {
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
	together := nodes[:1:1]
	for grown := true; grown; {
		grown = false
		for _, node := range nodes {
			linked := func(other uint32) bool { return s.dangerous(node, other) }
			if !slices.Contains(together, node) && slices.ContainsFunc(together, linked) {
				together, grown = append(together, node), true
			}
		}
	}
	return len(together) == len(nodes)
}

// dangerous reports whether a $merge_dangerously names both IDs, either way round.
func (s *settler) dangerous(a, b uint32) bool {
	return slices.Contains(s.dangers[a], b) || slices.Contains(s.dangers[b], a)
}

// settledBefore reports whether --user-id has said which of several profiles is somebody's own, an earlier
// run has sent it, and the others were only there before.
func (s *settler) settledBefore(c *candidate, identified []standing) bool {
	ours := 0
	for _, p := range identified {
		own := p.node != noNode && s.x.ofUser(s.names.bytes(p.text))
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
func (s *settler) keep(c *candidate, primary *standing) {
	if primary.own {
		c.name, c.rank = primary.text, primary.suits.Rank
	}
}

// addressOf is what a profile that is there is sent under: the first kind of identifier that is asked for, if
// it has that, else one that it has. An email counts only if it is still the person's, and was not that of a
// profile that was merged away.
func (s *settler) addressOf(p *standing, email, cioID string) (By, string) {
	if p.sent != 0 || p.row == 0 {
		return s.nameOf(p)
	}
	existing, row := s.x.options.Existing, p.row-1
	if !sameEmail(existing.email(row), email) {
		email = ""
	}
	if has := existing.cioID(row); cioID != has {
		cioID = ""
	}
	values := map[By]string{ByID: existing.id(row), ByEmail: email, ByCioID: cioID}
	for _, by := range append(slices.Clone(s.choice.By), ByID, ByEmail, ByCioID) {
		if values[by] != "" && !s.x.gone(by, values[by]) {
			return by, values[by]
		}
	}
	return existing.name(row)
}
