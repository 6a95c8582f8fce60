package worlds

import (
	"fmt"
	"maps"
	"time"
)

// user is a person who logs in under one ID.
type user struct {
	id, personID string
	email        string            // that their front end says; JSON
	attributes   map[string]string // as PostHog has them now; JSON by name
	version      int               // of the person in PostHog
	into         *user             // that a merge made of this one; nil for none
}

// visitor is a device of a user who has not logged in on it yet. Each becomes the one user, or nobody.
type visitor struct {
	id, personID string
	user         *user
	known        bool
	link         *row // that says so; nil for none
	profiled     bool // PostHog keeps a person for the visitor
	attributes   map[string]string
}

func (w *World) addUser() {
	n := len(w.users) + 1
	u := &user{id: fmt.Sprintf("user_%d", n), personID: personID(n), attributes: map[string]string{}}
	u.email = fmt.Sprintf("%q", u.id+"@example.com")
	w.users = append(w.users, u)
}

// now is who a user is after merges.
func (u *user) now() *user {
	for u.into != nil {
		u = u.into
	}
	return u
}

func (w *World) addVisitor() *visitor {
	n := len(w.visitors) + 1
	v := &visitor{
		id: fmt.Sprintf("019ca7a0-1111-7000-8000-%012d", n), personID: personID(1000 + n), user: one(w, w.users),
		profiled: w.chance(w.traits.profiled), attributes: map[string]string{},
	}
	w.visitors = append(w.visitors, v)
	return v
}

func personID(n int) string { return fmt.Sprintf("019ca7a0-2222-7000-8000-%012d", n) }

// live lets people do things for a day, and returns their rows. While filters leave out all events, nobody
// does anything that would be an event: such rows would be left out for good.
func (w *World) live(filtered bool) (rows []*row) {
	for range 3 + w.random.IntN(10) {
		w.now = w.now.Add(time.Duration(1+w.random.IntN(600)) * time.Second)
		before := len(w.all)
		switch n := w.random.IntN(100); {
		case n < 12 && !filtered:
			w.visit(w.addVisitor())
		case n < 32 && !filtered && len(w.visitors) > 0:
			w.visit(one(w, w.visitors))
		case n < 47:
			w.login()
		case n < 57:
			w.change()
		case n < 62 && !filtered:
			w.order(one(w, w.users), true)
		case n < 67 && w.traits.sharing && len(w.visitors) > 0:
			w.share()
		case n < 67 && !w.traits.sharing && !filtered:
			w.merge()
		case n < 72 && len(w.users) < 12:
			w.addUser()
		case !filtered:
			w.order(one(w, w.users), false)
		}
		rows = append(rows, w.all[before:]...)
	}
	return rows
}

// visit is a page that a visitor looks at.
func (w *World) visit(v *visitor) {
	r := &row{event: one(w, []string{"$pageview", "Looked Around"}), who: v.id, personless: !v.profiled}
	if v.profiled && w.chance(40) {
		r.set = map[string]string{one(w, []string{"utm", "theme"}): w.value()}
	}
	if v.known {
		w.take(r, v.user.now())
		return
	}
	w.takeOf(r, v.attributes, v.personID)
}

// login says who a visitor is, in a row or, now and then, to PostHog alone, whose next persons export
// tells.
func (w *World) login() {
	var unknown []*visitor
	for _, v := range w.visitors {
		if !v.known {
			unknown = append(unknown, v)
		}
	}
	if len(unknown) == 0 {
		u := one(w, w.users)
		w.take(&row{event: "$identify", who: u.id, set: w.sets(u.now())}, u.now())
		return
	}
	v := one(w, unknown)
	if w.traits.persons && w.chance(25) {
		w.join(v)
		return
	}
	w.identify(v)
}

// identify says in a row who a visitor is.
func (w *World) identify(v *visitor) {
	w.join(v)
	u := v.user.now()
	v.link = &row{event: "$identify", who: v.user.id, anon: v.id, set: w.sets(u)}
	w.take(v.link, u)
}

// join makes a visitor one person with their user, in PostHog.
func (w *World) join(v *visitor) {
	v.known = true
	v.user.now().absorb(v.attributes)
}

// absorb takes over the attributes of somebody who turns out to be the user.
func (u *user) absorb(attributes map[string]string) {
	all := maps.Clone(attributes)
	maps.Copy(all, u.attributes)
	u.attributes = all
	u.version++
}

// share lets a user log in on a device of somebody else, who was logged in there. PostHog refuses to
// make them one person. The nights go by who they have read of first, so that the other one's login
// must have been read.
func (w *World) share() {
	u, v := one(w, w.users), one(w, w.visitors)
	if v.link != nil && v.user != u && w.isRead(v.link) {
		w.take(&row{event: "$identify", who: u.id, anon: v.id, set: w.sets(u.now())}, u.now())
	}
}

// merge makes one person of two users who have both been sent. If only the one that goes had been, the
// nights would keep that ID, and a backfill the other.
func (w *World) merge() {
	target, source := one(w, w.users), one(w, w.users)
	if target.into != nil || source.into != nil || target == source || !w.isSent(target) {
		return
	}
	target.absorb(source.attributes)
	source.into = target
	w.take(&row{event: "$merge_dangerously", who: target.id, alias: source.id}, target)
}

// isSent reports whether a user surely has a profile: an event of theirs has arrived.
func (w *World) isSent(u *user) bool {
	for _, r := range w.all {
		if r.who == u.id && w.Arrived[r.number] > 0 {
			return true
		}
	}
	return false
}

// change is a row that only changes a user's attributes.
func (w *World) change() {
	u := one(w, w.users)
	if other := one(w, w.users); passing && w.chance(20) {
		u.email, other.email = other.email, u.email
	}
	r := &row{event: "$set", who: u.id, set: w.sets(u.now())}
	if w.chance(30) {
		r.setOnce = map[string]string{"first": w.value()}
	}
	if unsetting && w.chance(20) {
		r.unset = []string{"city"}
	}
	w.take(r, u.now())
}

// order is an event of a server. A recent one is less than 72 hours old, and changes nobody: it would
// be newer than all rows to come.
func (w *World) order(u *user, recent bool) {
	r := &row{event: one(w, []string{"Order Completed", "Signed In"}), who: u.id}
	if recent {
		r.at = w.today.Add(-2*time.Hour + time.Duration(len(w.all))*time.Second)
		r.createdAt = r.at
	} else if w.chance(30) {
		r.set = w.sets(u.now())
	}
	if w.chance(12) {
		r.unreadable, r.set = true, nil
	}
	w.take(r, u.now())
}

// sets are some attributes that a row gives a user.
func (w *World) sets(u *user) map[string]string {
	all := map[string]string{}
	if w.chance(40) {
		all["email"] = u.email
	}
	for range w.random.IntN(3) {
		all[one(w, []string{"plan", "city", "seats"})] = w.value()
	}
	return all
}

func (w *World) value() string {
	if w.chance(50) {
		return fmt.Sprint(w.random.IntN(100))
	}
	return fmt.Sprintf("%q", fmt.Sprint("v", w.random.IntN(1000)))
}

// take is PostHog taking in a row of a user.
func (w *World) take(r *row, u *user) {
	u.version++
	w.takeOf(r, u.attributes, u.personID)
}

// takeOf changes the attributes of whoever a row is of, and exports the row with what the person is then.
func (w *World) takeOf(r *row, attributes map[string]string, personID string) {
	r.number, r.version = len(w.all)+1, 1
	if r.at.IsZero() {
		r.at, r.createdAt = w.now.Add(-time.Duration(w.random.IntN(3))*time.Second), w.now
	}
	if !r.personless {
		for name, text := range r.setOnce {
			if attributes[name] == "" {
				attributes[name] = text
			}
		}
		maps.Copy(attributes, r.set)
		for _, name := range r.unset {
			delete(attributes, name)
		}
		if w.traits.snapshots && len(attributes) > 0 && !bool(r.unreadable) && !w.isRecent(r) && w.chance(60) {
			r.snapshot = maps.Clone(attributes)
		}
	}
	if w.traits.personIDs {
		r.personID = personID
	}
	w.all = append(w.all, r)
}
