package people

import (
	"bytes"
	"cmp"
	"maps"
	"ph2cio/internal/fold"
	"slices"
	"sync"

	"ph2cio/internal/parallel"
)

// FusedPerson is somebody under whom several logins with different emails are one person, because rows of
// them had one person_id, or the persons export says so. Most often they are several people whom PostHog took
// for one.
type FusedPerson struct {
	DistinctID string   // the kept ID
	Logins     []string // sorted, mostNames of them at most
	Emails     []string // of the logins, each as one of them has it, sorted; as many at most
	LoginCount int
	EmailCount int
}

// mostNames is how many logins and emails of one person are named, and mostFused how many people: the worst.
const (
	mostNames = 20
	mostFused = 1000
)

// fusion finds those people while settling.
type fusion struct {
	mu       sync.Mutex
	loggedIn parallel.Bitset   // roots, before any link is followed, of which a node is a login
	several  map[uint32]bool   // roots of which several are
	logins   map[uint32]*login // by node, once all is joined
}

// login is an ID that somebody logs in with, of a group that has several.
type login struct{ id, email string }

// begin takes the groups before any link is followed.
func (u *fusion) begin(nodes uint32) {
	u.loggedIn, u.several = make(parallel.Bitset, nodes/64+1), map[uint32]bool{}
}

// add takes a login of the group with this root.
func (u *fusion) add(root uint32) {
	if !u.loggedIn.Add(uint64(root)) {
		u.several[root] = true
	}
}

// nameLogins notes the logins of groups that have several, once all is joined.
func (s *settler) nameLogins() error {
	u := &s.fusion
	u.loggedIn = nil
	if len(u.several) == 0 {
		return nil
	}
	roots := map[uint32]bool{}
	for root := range u.several {
		roots[s.groups.Find(root)] = true
	}
	u.several, u.logins = nil, map[uint32]*login{}
	return s.eachNode(func(node uint32, f *fact, text []byte) error {
		root := s.groups.Find(node)
		if !f.marks.identified() || !roots[root] {
			return nil
		}
		u.mu.Lock()
		defer u.mu.Unlock()
		one := &login{id: string(text)}
		if f.marks&emailShaped != 0 {
			one.email = string(bytes.TrimSpace(text))
		}
		u.logins[node] = one
		return nil
	})
}

// sees takes the attributes of an ID.
func (u *fusion) sees(s *settler, node uint32, st *fold.State, w *fold.Scratch) {
	one := u.logins[node]
	if one == nil {
		return
	}
	w.Prune(st, s.x.keys)
	if email, _, ok := emailOf(st); ok {
		one.email = string(email)
	}
}

// people are those who have several logins with different emails, the worst first.
func (u *fusion) people(s *settler) []FusedPerson {
	groups := map[uint32][]*login{}
	for node, one := range u.logins {
		if number, ok := s.candidateOf(node); ok && s.candidates[number].sent {
			person := s.candidates[number].person
			groups[person] = append(groups[person], one)
		}
	}
	var all []FusedPerson
	for person, logins := range groups {
		emails, ids := map[string]string{}, []string{}
		for _, one := range logins {
			ids = append(ids, one.id)
			folded := string(FoldEmail(nil, []byte(one.email)))
			if had, has := emails[folded]; one.email != "" && (!has || one.email < had) {
				emails[folded] = one.email
			}
		}
		if len(emails) > 1 {
			all = append(all, FusedPerson{
				DistinctID: s.settled.persons[person].DistinctID, Logins: firstOf(ids), LoginCount: len(ids),
				Emails: firstOf(slices.Collect(maps.Values(emails))), EmailCount: len(emails),
			})
		}
	}
	slices.SortFunc(all, func(a, b FusedPerson) int {
		return cmp.Or(cmp.Compare(b.EmailCount, a.EmailCount), cmp.Compare(b.LoginCount, a.LoginCount),
			cmp.Compare(a.DistinctID, b.DistinctID))
	})
	return all
}

// firstOf sorts names, and leaves out those behind mostNames.
func firstOf(names []string) []string {
	slices.Sort(names)
	return names[:min(len(names), mostNames)]
}

// Fused returns the people under whom several logins with different emails are one, the worst first, and how
// many there are; of a thousand and more only the worst thousand.
func (s *Settled) Fused() (worst []FusedPerson, all int) {
	return s.fused[:min(len(s.fused), mostFused)], len(s.fused)
}
