package people

import (
	"ph2cio/internal/fold"
)

// AskedPerson is somebody whose email Choice.Asked asks for.
type AskedPerson struct {
	ID     string // the kept one
	Holder string // an ID of the one who has the email, if that is another; people with Choice.Only are then not sent by it
}

// Asked are the people whose final email Choice.Asked asks for, sent or not, in order of their first rows.
func (s *Settled) Asked() []AskedPerson { return s.asked }

// askFor notes that somebody's email is asked for.
func (s *settler) askFor(c *candidate, st *fold.State) {
	if s.choice.Asked == nil {
		return
	}
	if email, _, ok := emailOf(st); ok && s.choice.Asked(email) {
		c.traits |= emailAsked
	}
}

// listAsked lists the people whose email is asked for, and leaves out of them those of whose email another
// has become the holder.
func (s *settler) listAsked() error {
	if s.choice.Asked == nil {
		return nil
	}
	holders := map[uint32]string{}
	for _, l := range s.losers {
		holders[l.candidate] = l.sentAs
		if l.holder != nobody {
			holders[l.candidate] = s.names.text(s.candidates[l.holder].name)
		}
	}
	for i := range s.candidates {
		c := &s.candidates[i]
		if c.traits&emailAsked == 0 {
			continue
		}
		one := AskedPerson{ID: s.names.text(c.name), Holder: holders[uint32(i)]}
		if one.Holder != "" {
			c.traits &^= emailAsked
		}
		s.settled.asked = append(s.settled.asked, one)
	}
	return nil
}
