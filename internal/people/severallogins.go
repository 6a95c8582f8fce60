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

// loginCollector collects the logins of people for SeveralLogins, while links are followed and attributes are
// folded. newLoginCollector makes one.
type loginCollector struct {
	mu       sync.Mutex
	loggedIn parallel.Bitset   // roots, before any link is followed, of groups with a login
	several  map[uint32]bool   // roots of groups with several
	logins   map[uint32]*login // by node; filled by nameLogins
}

// login is an ID with which somebody logs in, in a group that has several, and its email; empty for none.
type login struct{ id, email string }

// newLoginCollector returns a collector for a number of nodes.
func newLoginCollector(nodes int) *loginCollector {
	return &loginCollector{loggedIn: make(parallel.Bitset, nodes/64+1), several: map[uint32]bool{}}
}

// add adds a login to the group with a root.
func (u *loginCollector) add(root uint32) {
	if !u.loggedIn.Add(uint64(root)) {
		u.several[root] = true
	}
}

// nameLogins finds the IDs of logins in groups that have several. It comes once everything is joined.
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

// noteAttributes takes the email of a login from the attributes of its ID.
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

// list returns the people who have several logins with different emails, the worst first.
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

// SeveralLogins is a person with several logins that have different emails. Rows with one person_id, or the
// persons export, made one person of them. Usually they are several people whom PostHog took for one.
type SeveralLogins struct {
	DistinctID string   // the kept ID
	Logins     []string // sorted, at most mostNames
	Emails     []string // of the logins, as they are written, sorted, at most mostNames
	LoginCount int
	EmailCount int
}

// mostNames is how many logins and emails of one person are named, and mostSeveral how many people: the worst.
const (
	mostNames   = 20
	mostSeveral = 1000
)

// firstOf sorts names and returns the first mostNames of them.
func firstOf(names []string) []string {
	slices.Sort(names)
	return names[:min(len(names), mostNames)]
}
