package mapping

import "ph2cio/internal/posthog"

// sent reports whether properties of this name become an attribute.
func (k *key) sent() bool { return k.does != drops && k.does != cutsOff }

// owners says which of a row's properties gets a name that several would share: the one that is spelled so, else the
// first.
type owners struct {
	ready bool
	of    map[string]*key
}

func (o *owners) reset() { o.ready = false }

// has reports whether k gets its name.
func (o *owners) has(k *key, all *keys, object []byte, members []posthog.Member) bool {
	if !k.rivals || !k.renamed || !k.sent() {
		return true // as nearly always
	}
	if !o.ready {
		o.find(all, object, members)
	}
	return o.of[k.out] == k
}

func (o *owners) find(all *keys, object []byte, members []posthog.Member) {
	if o.of == nil {
		o.of = map[string]*key{}
	}
	clear(o.of)
	o.ready = true
	last := all.last
	for _, renamed := range []bool{false, true} {
		for _, member := range members {
			k := all.of(object[member.KeyStart:member.KeyEnd], member.Escaped)
			if taken := o.of[k.out] != nil; k.renamed == renamed && k.sent() && !taken {
				o.of[k.out] = k
			}
		}
	}
	all.last = last
}
