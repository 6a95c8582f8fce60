package people

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
)

// loginCollector collects the logins of people in FusedPerson, while links are followed and attributes are folded.
type loginCollector struct {
	mu       sync.Mutex
	loggedIn parallel.Bitset   // roots, before any link is followed, of which a node is a login
	several  map[uint32]bool   // roots of which several are
	logins   map[uint32]*login // by node, once all is joined
}

// login is an ID that somebody logs in with, of a group that has several.
type login struct{ id, email string }

// newLoginCollector returns what takes logins of so many nodes.
func newLoginCollector(nodes int) *loginCollector {
	return &loginCollector{loggedIn: make(parallel.Bitset, nodes/64+1), several: map[uint32]bool{}}
}

// add takes a login of the group with this root.
func (u *loginCollector) add(root uint32) {
	if !u.loggedIn.Add(uint64(root)) {
		u.several[root] = true
	}
}

// nameLogins notes the logins of groups that have several, once all is joined.
func (u *loginCollector) nameLogins(ctx context.Context, nodes *nodes, groups *identity.Groups) error {
	u.loggedIn = nil
	if len(u.several) == 0 {
		return nil
	}
	roots := map[uint32]bool{}
	for root := range u.several {
		roots[groups.Find(root)] = true
	}
	u.several, u.logins = nil, map[uint32]*login{}
	return nodes.each(ctx, func(node uint32, f *idFacts, text []byte) error {
		root := groups.Find(node)
		if !f.flags.identified() || !roots[root] {
			return nil
		}
		u.mu.Lock()
		defer u.mu.Unlock()
		one := &login{id: string(text)}
		if f.flags&emailShaped != 0 {
			one.email = string(bytes.TrimSpace(text))
		}
		u.logins[node] = one
		return nil
	})
}

// noteAttributes takes the attributes of an ID.
func (u *loginCollector) noteAttributes(node uint32, st *fold.State, w *fold.Scratch, keys *fold.Keys) {
	one := u.logins[node]
	if one == nil {
		return
	}
	w.Prune(st, keys)
	if email, _, ok := emailOf(st); ok {
		one.email = string(email)
	}
}

// list are those who have several logins with different emails, the worst first.
func (u *loginCollector) list(among *candidates, persons []Person) []SeveralLogins {
	groups := map[uint32][]*login{}
	for node, one := range u.logins {
		if number, ok := among.numberOf(node); ok && among.all[number].sent {
			person := among.all[number].person
			groups[person] = append(groups[person], one)
		}
	}
	var all []SeveralLogins
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
			all = append(all, SeveralLogins{
				DistinctID: persons[person].DistinctID, Logins: firstOf(ids), LoginCount: len(ids),
				Emails: firstOf(slices.Collect(maps.Values(emails))), EmailCount: len(emails),
			})
		}
	}
	slices.SortFunc(all, func(a, b SeveralLogins) int {
		return cmp.Or(cmp.Compare(b.EmailCount, a.EmailCount), cmp.Compare(b.LoginCount, a.LoginCount),
			cmp.Compare(a.DistinctID, b.DistinctID))
	})
	return all
}

// SeveralLogins is somebody under whom several logins with different emails are one person, because rows of
// them had one person_id, or the persons export says so. Most often they are several people whom PostHog took
// for one.
type SeveralLogins struct {
	DistinctID string   // the kept ID
	Logins     []string // sorted, mostNames of them at most
	Emails     []string // of the logins, each as one of them has it, sorted; as many at most
	LoginCount int
	EmailCount int
}

// mostNames is how many logins and emails of one person are named, and mostFused how many people: the worst.
const (
	mostNames   = 20
	mostSeveral = 1000
)

// firstOf sorts names, and leaves out those behind mostNames.
func firstOf(names []string) []string {
	slices.Sort(names)
	return names[:min(len(names), mostNames)]
}
