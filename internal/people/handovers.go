package people

import (
	"context"
	"maps"
	"slices"
)

// handovers find the emails that pass from one person to another: those of candidates that Customer.io has
// for somebody else, whom an earlier run has sent with them.
type handovers struct {
	ctx    context.Context // of find
	choice *Choice
	people *candidates
	nodes  *nodes
	sent   *sentTable
	emails []uint64 // by candidate: the EmailSum of their email, 0 for none; nil if nobody was sent

	taken map[uint32]bool // by place in the sentTable: somebody else gets the email
}

// find says of each candidate who is sent and whose email somebody else has whether that person gives it up
// now. If not, the candidate goes without it.
func (h *handovers) find(of map[uint32]*resolved) error {
	h.taken = map[uint32]bool{}
	wanted := h.wanted()
	if len(wanted) == 0 {
		return nil
	}
	keepers := map[uint32]uint32{} // by node of who keeps an email: the candidate who wants it
	for place := range h.sent.all {
		one := &h.sent.all[place]
		number, wants := wanted[one.email]
		if one.email == 0 || one.merged || !wants {
			continue
		}
		from, isCandidate := h.people.numberOf(one.node)
		if isCandidate && from == number {
			continue // another profile of theirs, about which resolver has decided
		}
		r := of[number]
		if r == nil {
			r = &resolved{}
			of[number] = r
		}
		if isCandidate && h.getsIdentify(from) && !(one.name != nil && one.name.by == ByEmail) {
			h.taken[uint32(place)] = true
			r.giveUp(from)
			continue
		}
		if one.name != nil {
			r.keepEmail(one.name.value)
		} else {
			keepers[one.node] = number
		}
	}
	return h.nameKeepers(keepers, of)
}

// wanted returns the candidates who are sent with an email that Customer.io does not have for them yet, by the
// EmailSum of that.
func (h *handovers) wanted() map[uint64]uint32 {
	for place := range h.sent.all {
		one := &h.sent.all[place]
		if number, ok := h.people.numberOf(one.node); ok && h.emails[number] == one.email && !one.merged {
			h.emails[number] = 0 // Customer.io has it
		}
	}
	wanted := map[uint64]uint32{}
	for number, email := range h.emails {
		if email != 0 && h.people.all[number].flags&lostEmail == 0 && h.getsIdentify(uint32(number)) {
			wanted[email] = uint32(number)
		}
	}
	return wanted
}

// getsIdentify reports whether a candidate gets an identify.
func (h *handovers) getsIdentify(number uint32) bool {
	flags := h.people.all[number].flags
	return h.choice.status(flags) == Sent && h.choice.getsIdentify(h.choice.Who, flags)
}

// nameKeepers says that some candidates go without an email, which people keep who are not sent in this run.
func (h *handovers) nameKeepers(keepers map[uint32]uint32, of map[uint32]*resolved) error {
	if len(keepers) == 0 {
		return nil
	}
	names := make(map[uint32]string, len(keepers))
	var lock stripes
	err := h.nodes.each(h.ctx, func(node uint32, _ *idFacts, text []byte) error {
		if _, keeps := keepers[node]; keeps {
			one := lock.of(0)
			one.Lock()
			defer one.Unlock()
			names[node] = string(text)
		}
		return nil
	})
	for _, node := range slices.Sorted(maps.Keys(keepers)) { // of several who keep an email the same one is named each time
		of[keepers[node]].keepEmail(names[node])
	}
	return err
}
