package people

// NamedPerson is somebody whose email Choice.NamesEmail names.
type NamedPerson struct {
	ID     string // the kept one
	Holder string // an ID of the one who has the email, if that is another; people with Choice.Only are then not sent by it
}

// listNamed lists the people whose email is named, in order of their first rows, and leaves out of them those
// of whose email another has become the holder.
func listNamed(people *candidates, choice *Choice, losers []loser) (asked []NamedPerson) {
	if choice.NamesEmail == nil {
		return nil
	}
	holders := map[uint32]string{}
	for _, l := range losers {
		holders[l.candidate] = l.sentAs
		if l.holder != nobody {
			holders[l.candidate] = people.name(l.holder)
		}
	}
	for i := range people.all {
		c := &people.all[i]
		if c.traits&emailNamed == 0 {
			continue
		}
		one := NamedPerson{ID: people.name(uint32(i)), Holder: holders[uint32(i)]}
		if one.Holder != "" {
			c.lose(emailNamed)
		}
		asked = append(asked, one)
	}
	return asked
}
