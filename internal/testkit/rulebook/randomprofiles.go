package rulebook

import "fmt"

// addProfiles adds profiles that are there already and people whom earlier runs have sent.
func (w *world) addProfiles(h *History) {
	b := open(*h)
	some, sent := w.pick(0, 10, 40), w.pick(0, 0, 10, 40)
	for id := range w.everyID() {
		if tooLong(id) == 1 || Illegal(id) {
			continue
		}
		if w.chance(some) && !h.hasProfile(id) {
			p := Profile{ID: id}
			if w.chance(30) {
				p.Email = fmt.Sprintf("profile.%d@there.example", len(h.Existing)) // nobody's in the export
			}
			h.Existing = append(h.Existing, p)
		}
		if w.chance(sent) && b.hasMadePerson(id) && !h.wasSent(id) {
			h.Sent = append(h.Sent, id)
		}
	}
	h.MergeProfiles = w.chance(20)
}
