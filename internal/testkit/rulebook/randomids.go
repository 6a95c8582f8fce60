package rulebook

import (
	"crypto/sha1"
	"fmt"
	"iter"
	"strings"
)

// illegal IDs come from a front end that identifies people before it knows them.
var illegal = []string{"undefined", "null", `"null"`, "anonymous", "Guest", "0", " ", "true", "$posthog_cookieless", "[object Object]"}

func (w *world) userID(number int) string {
	switch w.IntN(12) {
	case 0:
		return fmt.Sprintf("visitor.%d@example.com", number)
	case 1:
		return w.newUUID()
	case 2:
		return fmt.Sprintf("user_%d:%s", number, strings.Repeat("long", 40))
	case 3:
		return fmt.Sprint(1000 + number)
	default:
		return fmt.Sprintf("user_%d", number)
	}
}

func (w *world) addDevice() *device {
	var id string
	switch w.IntN(8) {
	case 0:
		id = fmt.Sprintf("kiosk-%d", len(w.devices))
	case 1:
		id = strings.ToUpper(w.newUUID())
	case 2:
		id = w.oldID()
	case 3:
		id = strings.ReplaceAll(w.newUUID(), "-", "")
	default:
		id = w.newUUID()
	}
	d := &device{id: id, current: id, web: w.chance(60)}
	switch {
	case w.chance(8): // without cookies
		d.id, d.current, d.web = fmt.Sprintf("cookielessd_b2Zm%d", w.IntN(2)), w.cookieless(), true
	case len(w.users) > 0 && w.chance(12): // posthog-js was told an ID that is no login
		d.id, d.web = one(w, w.users).id, true
		d.current = d.id
	}
	w.devices = append(w.devices, d)
	return d
}

// cookieless makes the ID of a visitor without cookies, for a day.
func (w *world) cookieless() string { return fmt.Sprintf("cookieless_ZGF5%d", len(w.rows)) }

// oldID makes an ID as posthog-js did before it used UUIDs.
func (w *world) oldID() string {
	return fmt.Sprintf("17f%011x-0%013x-%08x-13c680-17f%011x", w.Uint64()>>20, w.Uint64()>>12, w.Uint32(), w.Uint64()>>20)
}

// newUUID makes one of version 7, with nothing of the time in it but its beginning.
func (w *world) newUUID() string {
	return fmt.Sprintf("0195%04x-%04x-7%03x-8%03x-%012x", w.IntN(1<<16), w.IntN(1<<16), w.IntN(1<<12), w.IntN(1<<12), w.Uint64()>>16)
}

// personIDOf returns the UUID that PostHog gives the person that a distinct ID creates: version 5, of project
// and ID.
func personIDOf(id string) string { return personIDIn("2", id) }

func personIDIn(project, id string) string {
	const namespace = "\x93\x29\x79\xb4\x65\xc3\x44\x24\x84\x67\x0b\x66\xec\x27\xbc\x22"
	sum := sha1.Sum([]byte(namespace + project + ":" + id))
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// everyID yields the IDs of users and devices, each in its order.
func (w *world) everyID() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, u := range w.users {
			if !yield(u.id) {
				return
			}
		}
		for _, d := range w.devices {
			if !yield(d.current) {
				return
			}
		}
	}
}
