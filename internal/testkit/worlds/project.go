package worlds

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// project is what PostHog knows: people, and all rows that were ever written.
type project struct {
	dice
	traits   traits
	story    *story
	today    time.Time // the machine's, when the world began
	now      time.Time // long ago, so that only chosen rows are recent
	users    []*user
	visitors []*visitor
	all      []*row          // every version of every row
	arrived  map[int]int     // versions of the events that have arrived, by the number of the row
	isRead   func(*row) bool // whether a sync has surely read a row
	exported bool            // there is a persons export
}

// traits are what a world is like from its beginning to its end.
type traits struct {
	everybody bool // visitors are sent too
	persons   bool // a persons export comes on some nights
	personIDs bool // rows have the person_id
	snapshots bool // rows have what PostHog knows of the person
	allLogIn  bool // in the end nobody is a visitor
	sharing   bool // people log in on devices of others; else users are merged
	passing   bool // people swap emails
	unsetting bool // people lose attributes
	profiled  int  // visitors of whom PostHog keeps a person, in percent
}

func drawTraits(d dice) traits {
	return traits{
		everybody: d.chance(25), persons: d.chance(40), personIDs: d.chance(50), snapshots: d.chance(40),
		allLogIn: d.chance(70), sharing: d.chance(50), passing: d.chance(50), unsetting: d.chance(50), profiled: one(d, []int{0, 0, 50}),
	}
}

// setDay begins a day, counted from 1.
func (p *project) setDay(day int) { p.now = p.today.Truncate(24*time.Hour).AddDate(0, 0, day-60) }

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

func (p *project) addUser() {
	n := len(p.users) + 1
	u := &user{id: fmt.Sprintf("user_%d", n), personID: personID(n), attributes: map[string]string{}}
	u.email = fmt.Sprintf("%q", u.id+"@example.com")
	p.users = append(p.users, u)
}

// now is who a user is after merges.
func (u *user) now() *user {
	for u.into != nil {
		u = u.into
	}
	return u
}

func (p *project) addVisitor() *visitor {
	n := len(p.visitors) + 1
	v := &visitor{
		id: fmt.Sprintf("019ca7a0-1111-7000-8000-%012d", n), personID: personID(1000 + n), user: one(p.dice, p.users),
		profiled: p.chance(p.traits.profiled), attributes: map[string]string{},
	}
	p.visitors = append(p.visitors, v)
	return v
}

func personID(n int) string { return fmt.Sprintf("019ca7a0-2222-7000-8000-%012d", n) }

// live lets people do things for a day, and returns their rows. While filters leave out all events, nobody
// does anything that would be an event: such rows would be left out for good.
func (p *project) live(filtered bool) (rows []*row) {
	for range 3 + p.IntN(10) {
		p.now = p.now.Add(time.Duration(1+p.IntN(600)) * time.Second)
		before := len(p.all)
		switch n := p.IntN(100); {
		case n < 12 && !filtered:
			p.visit(p.addVisitor())
		case n < 32 && !filtered && len(p.visitors) > 0:
			p.visit(one(p.dice, p.visitors))
		case n < 47:
			p.login()
		case n < 57:
			p.change()
		case n < 62 && !filtered:
			p.order(one(p.dice, p.users), true)
		case n < 67 && len(p.visitors) > 0 && p.traits.sharing:
			p.share()
		case n < 72 && !filtered:
			p.merge()
		case n < 78 && len(p.users) < 12:
			p.addUser()
		case !filtered:
			p.order(one(p.dice, p.users), false)
		}
		rows = append(rows, p.all[before:]...)
	}
	return rows
}

// visit is a page that a visitor looks at.
func (p *project) visit(v *visitor) {
	var set map[string]string
	if v.profiled && p.chance(40) {
		set = map[string]string{one(p.dice, []string{"utm", "theme"}): p.value()}
	}
	event := one(p.dice, []string{"$pageview", "Looked Around"})
	p.story.count("visits")
	r := &row{event: event, who: v.id, personless: !v.profiled, set: set}
	if v.known {
		r.unexported = p.traits.everybody && (v.link == nil || !p.isRead(v.link))
		p.take(r, v.user.now())
		return
	}
	p.takeOf(r, v.attributes, v.personID)
}

// login says who a visitor is, in a row or, now and then, to PostHog alone, whose next persons export
// tells.
func (p *project) login() {
	var unknown []*visitor
	for _, v := range p.visitors {
		if !v.known {
			unknown = append(unknown, v)
		}
	}
	if len(unknown) == 0 {
		u := one(p.dice, p.users)
		p.take(&row{event: "$identify", who: u.id, set: p.sets(u.now())}, u.now())
		return
	}
	v := one(p.dice, unknown)
	if p.traits.persons && p.chance(25) && p.hasRow(v.user) {
		p.join(v)
		return
	}
	p.identify(v)
}

// identify says in a row who a visitor is.
func (p *project) identify(v *visitor) {
	p.join(v)
	u := v.user.now()
	p.story.count("logins")
	v.link = &row{event: "$identify", who: v.user.id, anon: v.id, set: p.sets(u)}
	p.take(v.link, u)
}

// join makes a visitor one person with their user, in PostHog.
func (p *project) join(v *visitor) {
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
func (p *project) share() {
	u, v := one(p.dice, p.users), one(p.dice, p.visitors)
	if v.link != nil && v.user != u && p.isRead(v.link) {
		p.story.count("logins on devices of others")
		p.take(&row{event: "$identify", who: u.id, anon: v.id, set: p.sets(u.now())}, u.now())
	}
}

// merge makes one person of two users who have both been sent. If only the one that goes had been, the
// nights would keep that ID, and a backfill the other.
func (p *project) merge() {
	target, source := one(p.dice, p.users), one(p.dice, p.users)
	if target.into != nil || source.into != nil || target == source || !p.isSent(target) {
		return
	}
	target.absorb(source.attributes)
	p.story.count("merges")
	source.into = target
	p.take(&row{event: "$merge_dangerously", who: target.id, alias: source.id}, target)
}

// hasRow reports whether a row identifies a user: without one, nobody is sent whom only the persons export
// knows.
func (p *project) hasRow(u *user) bool {
	return slices.ContainsFunc(p.all, func(r *row) bool { return r.who == u.id && !r.unreadable })
}

// isSent reports whether a user surely has a profile: an event of theirs has arrived.
func (p *project) isSent(u *user) bool {
	for _, r := range p.all {
		if r.who == u.id && p.arrived[r.id] > 0 {
			return true
		}
	}
	return false
}

// change is a row that only changes a user's attributes.
func (p *project) change() {
	u := one(p.dice, p.users)
	if other := one(p.dice, p.users); p.traits.passing && p.chance(40) {
		u.email, other.email = other.email, u.email
		p.story.count("emails swapped")
	}
	var setOnce map[string]string
	if p.chance(30) {
		setOnce = map[string]string{"first": p.value()}
	}
	var unset []string
	if p.traits.unsetting && p.chance(50) {
		unset = []string{one(p.dice, []string{"city", "plan", "first", "email"})}
		p.story.count("attributes unset")
	}
	p.take(&row{event: "$set", who: u.id, set: p.sets(u.now()), setOnce: setOnce, unset: unset}, u.now())
}

// order is an event of a server. A recent one is less than 72 hours old, and changes nobody: it would be newer
// than all rows to come. Now and then the time of an event cannot be read.
func (p *project) order(u *user, recent bool) {
	var at time.Time
	var set map[string]string
	bad := p.chance(12)
	if recent {
		at = p.today.Add(-2*time.Hour + time.Duration(len(p.all))*time.Second)
	} else if !bad && p.chance(30) {
		set = p.sets(u.now())
	}
	event := one(p.dice, []string{"Order Completed", "Signed In"})
	p.take(&row{event: event, who: u.id, at: at, createdAt: at, set: set, unreadable: bad}, u.now())
}

// sets are some attributes that a row gives a user.
func (p *project) sets(u *user) map[string]string {
	all := map[string]string{}
	if p.chance(40) {
		all["email"] = u.email
	}
	for range p.IntN(3) {
		all[one(p.dice, []string{"plan", "city", "seats"})] = p.value()
	}
	return all
}

func (p *project) value() string {
	if p.chance(50) {
		return fmt.Sprint(p.IntN(100))
	}
	return fmt.Sprintf("%q", fmt.Sprint("v", p.IntN(1000)))
}

// take is PostHog taking in a row of a user.
func (p *project) take(r *row, u *user) {
	u.version++
	p.takeOf(r, u.attributes, u.personID)
}

// takeOf changes the attributes of whoever a row is of, and exports the row with what the person is then.
func (p *project) takeOf(r *row, attributes map[string]string, personID string) {
	took := p.now
	r.number(len(p.all)+1, took.Add(-time.Duration(p.IntN(3))*time.Second), took)
	if !r.personless {
		r.change(attributes)
		if p.traits.snapshots && len(attributes) > 0 && !r.unreadable && !r.unexported && !p.isRecent(r) && p.chance(60) {
			r.exportSnapshot(attributes)
		}
	}
	if p.traits.personIDs {
		r.exportPersonID(personID)
	}
	p.all = append(p.all, r)
}

// correct returns a newer version of a row, the time of which can be read.
func (p *project) correct(r *row) *row {
	newer := r.after(p.newest(r.id))
	p.all = append(p.all, newer)
	return newer
}

// loginOfAll lets everybody log in who is a visitor, and returns the rows.
func (p *project) loginOfAll() []*row {
	before := len(p.all)
	for _, v := range p.visitors {
		if !v.known {
			p.now = p.now.Add(time.Minute)
			p.identify(v)
		}
	}
	return p.all[before:]
}

func (p *project) isRecent(r *row) bool { return p.today.Sub(r.at) < 72*time.Hour }

// newest returns the newest version of a row.
func (p *project) newest(id int) (newest *row) {
	for _, r := range p.all {
		if r.id == id {
			newest = r
		}
	}
	return newest
}

// exportPersons returns PostHog's persons export as it is now.
func (p *project) exportPersons() string {
	p.now = p.now.Add(time.Minute)
	var text strings.Builder
	for _, u := range p.users {
		if u.version == 0 || u.into != nil {
			continue // nothing has made the person yet, or there is none any more
		}
		var ids []string
		for _, other := range p.users {
			if other.now() == u && other.version > 0 {
				ids = append(ids, other.id)
			}
		}
		for _, v := range p.visitors {
			if v.known && v.user.now() == u {
				ids = append(ids, v.id)
			}
		}
		for _, id := range ids {
			text.WriteString(encoded(map[string]any{
				"team_id": 2, "distinct_id": id, "person_id": u.personID, "person_distinct_id_version": 0,
				"person_version": u.version, "created_at": "2026-01-01 00:00:00.000000",
				"_inserted_at": p.now.UTC().Format("2006-01-02 15:04:05.000000"), "properties": raw(u.attributes),
			}) + "\n")
		}
	}
	p.exported = p.exported || text.Len() > 0
	return text.String()
}
