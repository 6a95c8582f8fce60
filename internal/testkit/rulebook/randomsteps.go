package rulebook

import "fmt"

// step lets somebody do something. Most steps make a row.
func (w *world) step() {
	steps := []struct {
		weight int
		do     func()
	}{
		{16, w.visit}, {20, w.login}, {10, w.useBackEnd}, {8, w.change}, {5, w.aliasFromDevice}, {4, w.aliasFromBackEnd},
		{4, w.merge}, {4, w.takeOver}, {4, w.identifyNobody}, {2, w.groupidentify}, {3, w.fail}, {2, w.reset},
		{3, w.trace}, {2, w.setApp}, {1, w.seeEverybody}, {3, w.shareMachine},
		{3, w.setTwice}, {2, w.setAndUnset}, {3, w.askForFlag}, {3, w.split}, {3, w.remove},
		{2, func() { w.addDevice() }},
	}
	total := 0
	for _, s := range steps {
		total += s.weight
	}
	n := w.IntN(total)
	for _, s := range steps {
		if n -= s.weight; n < 0 {
			s.do()
			return
		}
	}
}

// visit is a page that somebody looks at.
func (w *world) visit() {
	r := w.onDevice(one(w, w.devices))
	r.Name, r.Sends = "$pageview", true
	w.take(r)
}

// login names the user of a device; now and then without saying what the device was called before.
func (w *world) login() {
	d, u := one(w, w.devices), one(w, w.users)
	if d.user == u && w.chance(80) {
		w.visit()
		return
	}
	before := d.current
	d.user, d.current = u, u.id
	r := w.onDevice(d)
	r.Name, r.AnonDistinctID = "$identify", before
	switch {
	case w.chance(8):
		r.AnonDistinctID = ""
	case w.chance(5):
		r.AnonDistinctID = d.id
	}
	r.Personless = w.chance(3)
	r.Set, r.SetOnce = w.someProperties(70), w.someProperties(40)
	w.take(r)
}

// useBackEnd is an event of a server, which knows only the user's ID.
func (w *world) useBackEnd() {
	r := Row{Name: "Order Completed", DistinctID: one(w, w.users).id, Sends: true, Set: w.someProperties(30)}
	r.Personless = w.chance(5)
	w.take(r)
}

// change is a change to somebody's properties alone.
func (w *world) change() {
	r := w.onDevice(one(w, w.devices))
	if w.chance(50) {
		r = Row{DistinctID: one(w, w.users).id}
	}
	r.Name, r.Personless = "$set", false
	r.Set, r.SetOnce = w.someProperties(70), w.someProperties(40)
	if w.chance(30) {
		r.Unset = []string{one(w, propertyKeys)}
	}
	w.take(r)
}

// aliasFromDevice is what client libraries send: the visitor's ID with the user's as its alias.
func (w *world) aliasFromDevice() {
	d := one(w, w.devices)
	r := w.onDevice(d)
	r.Name, r.DistinctID, r.Alias, r.Personless = "$create_alias", d.id, one(w, w.users).id, false
	if w.chance(10) { // between two visitors of whom nothing else is known
		r = Row{Name: "$create_alias", DistinctID: w.newUUID(), Alias: w.newUUID()}
	}
	w.take(r)
}

// aliasFromBackEnd is the other way round.
func (w *world) aliasFromBackEnd() {
	w.take(Row{Name: "$create_alias", DistinctID: one(w, w.users).id, Alias: one(w, w.devices).id})
}

func (w *world) merge() {
	w.take(Row{Name: "$merge_dangerously", DistinctID: one(w, w.users).id, Alias: one(w, w.users).id})
}

// takeOver lets somebody log in on a device on which another user is still logged in.
func (w *world) takeOver() {
	for _, d := range w.devices {
		if u := one(w, w.users); d.user != nil && d.user != u {
			before := d.current
			d.user, d.current = u, u.id
			r := w.onDevice(d)
			r.Name, r.AnonDistinctID, r.Set = "$identify", before, w.someProperties(50)
			moved := false
			if w.chance(30) { // a library that names the new visitor instead
				r.DistinctID = w.newUUID()
				moved = w.visitAsAnother(r.DistinctID)
			}
			w.take(r)
			if moved {
				w.rows[len(w.rows)-1].PersonID = ""
			}
			return
		}
	}
}

// visitAsAnother is, now and then, a visitor's row with the person_id of somebody else, as after a person was
// moved. It reports whether there was one.
func (w *world) visitAsAnother(id string) bool {
	if !w.chance(w.moved) {
		return false
	}
	user := one(w, w.users).id
	w.take(Row{Name: "Order Completed", DistinctID: user})
	person := w.rows[len(w.rows)-1].PersonID
	w.take(Row{Name: "$pageview", DistinctID: id, Personless: true})
	w.rows[len(w.rows)-1].PersonID = person
	return true
}

// identifyNobody is a front end that says who somebody is when it does not know.
func (w *world) identifyNobody() {
	r := w.onDevice(one(w, w.devices))
	r.Personless = false
	switch w.IntN(4) {
	case 0:
		r.Name, r.DistinctID, r.AnonDistinctID = "$identify", one(w, illegal), r.DistinctID
		r.IsIdentified, r.UserID = true, r.DistinctID
		r.Set = w.someProperties(50)
	case 1:
		r.Name, r.AnonDistinctID = "$identify", one(w, illegal)
	case 2:
		r.Name, r.Alias = "$create_alias", one(w, illegal)
	default:
		r.Name, r.DistinctID, r.Sends = "$pageview", one(w, illegal), true
	}
	w.take(r)
}

// groupidentify speaks of a group of people under an ID of its own, or under that of whoever is there.
func (w *world) groupidentify() {
	r := w.onDevice(one(w, w.devices))
	r.Name = "$groupidentify"
	if w.chance(50) {
		r = Row{Name: "$groupidentify", DistinctID: fmt.Sprintf("$company_%d", w.IntN(3))}
	}
	w.take(r)
}

// fail is an event that feeds nobody, of a person or of a back end's worker.
func (w *world) fail() {
	r := w.onDevice(one(w, w.devices))
	if w.chance(30) {
		r = Row{DistinctID: fmt.Sprintf("worker-%d", w.IntN(3))}
	}
	r.Name, r.Set = one(w, []string{"$exception", "$$heatmap", "$ai_generation"}), w.someProperties(100)
	w.take(r)
}

// askForFlag is a $feature_flag_called, of a person or of an ID that does nothing else.
func (w *world) askForFlag() {
	r := w.onDevice(one(w, w.devices))
	switch w.IntN(3) {
	case 0:
		r = Row{DistinctID: one(w, w.users).id}
	case 1:
		r = Row{DistinctID: fmt.Sprintf("flagged-%d", w.IntN(3))}
	}
	r.Name, r.Set = "$feature_flag_called", w.someProperties(40)
	w.take(r)
}

// setAndUnset both sets and removes a key, which the person may have.
func (w *world) setAndUnset() {
	key := one(w, propertyKeys)
	r := Row{Name: "$set", DistinctID: one(w, w.users).id, Set: w.object(key)}
	r.Unset = []string{key, one(w, propertyKeys)}
	if w.chance(40) {
		r.Set, r.SetOnce = "", r.Set
	}
	w.take(r)
}

// trace is a call of a model, under an ID of its own, or under that of a user. Its person_id may be that of
// anybody, as after a person was moved.
func (w *world) trace() {
	r := Row{Name: "$ai_generation", DistinctID: fmt.Sprintf("trace-%d", w.IntN(3)), Personless: w.chance(50)}
	if w.chance(40) {
		r.DistinctID = one(w, w.users).id
	}
	w.take(r)
	if last := &w.rows[len(w.rows)-1]; r.DistinctID[0] == 't' && w.chance(70) {
		last.PersonID = one(w, w.rows).PersonID
	}
}

// setApp is an app that says an email of somebody whom it does not log in.
func (w *world) setApp() {
	for _, d := range w.devices {
		if d.user == nil && d.web && w.chance(50) {
			r := w.onDevice(d)
			r.Name, r.Personless, r.Set = "$set", false, w.object("email")
			w.take(r)
			return
		}
	}
}

// seeEverybody is a row under the ID of all who have no cookies.
func (w *world) seeEverybody() {
	r := Row{Name: "$pageview", DistinctID: "cookielessd_b2Zm0", WebVisitor: true, Personless: w.chance(30), Sends: true}
	w.take(r)
	if w.chance(50) {
		w.rows[len(w.rows)-1].PersonID = one(w, w.rows).PersonID
	}
}

// shareMachine lets users log in on one machine, each naming its first ID, or that of the user before.
func (w *world) shareMachine() {
	d := one(w, w.devices)
	before := d.id
	for range 2 + w.IntN(3) {
		d.user = one(w, w.users)
		d.current = d.user.id
		r := w.onDevice(d)
		r.Name, r.AnonDistinctID, r.Set = "$identify", before, w.someProperties(40)
		w.take(r)
		w.tick()
		if w.chance(30) {
			before = d.current
		}
	}
}

// setTwice sets a property once, removes it, and sets it once more.
func (w *world) setTwice() {
	id, key := one(w, w.users).id, one(w, propertyKeys)
	w.take(Row{Name: "$set", DistinctID: id, SetOnce: w.object(key)})
	w.tick()
	w.take(Row{Name: "$set", DistinctID: id, Unset: []string{key}})
	w.tick()
	w.take(Row{Name: "$set", DistinctID: id, SetOnce: w.object(key)})
}

// reset is a logout: the device gets a new visitor.
func (w *world) reset() {
	d := one(w, w.devices)
	d.user, d.current = nil, w.newUUID()
	if sharedByVisitors(d.id) {
		d.current = w.cookieless()
	}
}

// onDevice returns a row as a device's library would fill it in.
func (w *world) onDevice(d *device) Row {
	r := Row{DistinctID: d.current, DeviceID: d.id}
	if d.user != nil {
		r.UserID, r.IsIdentified = d.user.id, true
	} else {
		r.Personless = w.chance(w.personless)
		r.WebVisitor = d.web && !w.chance(4)
	}
	return r
}
