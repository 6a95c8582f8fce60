package identity

// Kind is the kind of a link. Links of one order go by kind, then by the texts of their IDs.
type Kind uint8

const (
	Alias       Kind = iota // $create_alias
	Identify                // $identify
	Dangerously             // $merge_dangerously: may merge a person that is identified
)

// Link is a row that says that two different, legal IDs are one person. Direction matters for refusals only.
type Link struct {
	Kind   Kind
	Target uint32 // the row's distinct_id
	Source uint32 // its $anon_distinct_id or alias
	At     int64  // unix microseconds
	Again  bool   // it has been followed before: it is not counted once more
}

// Outcome is what became of a link.
type Outcome uint8

const (
	Joined            Outcome = iota
	Same                      // they were one person already
	AlreadyIdentified         // refused: the source's person is identified, and both have one
	PersonsExport             // refused: they are two in the persons export
)

// Follow takes the next link in order of ingestion. Following it again later changes nothing, unless the persons export's
// time is between the two.
func (g *Groups) Follow(l Link) Outcome {
	outcome := g.judge(l)
	if outcome == Joined {
		g.Join(l.Target, l.Source)
	}
	if !l.Again {
		g.counts.add(outcome)
	}
	// Whatever became of it, PostHog has a person for both IDs now, and takes that of the target as identified even where it
	// refuses the merge.
	g.flags[l.Target] |= hasPerson
	g.flags[l.Source] |= hasPerson
	g.flags[g.find(l.Target)] |= identified
	return outcome
}

func (c *Counts) add(o Outcome) {
	switch o {
	case Joined:
		c.Joined++
	case Same:
		c.Same++
	case AlreadyIdentified:
		c.AlreadyIdentified++
	case PersonsExport:
		c.PersonsExport++
	}
}

func (g *Groups) judge(l Link) Outcome {
	target, source := g.find(l.Target), g.find(l.Source)
	loggedIn := l.Kind == Identify && g.flags[l.Source]&login != 0
	both := g.flags[l.Target]&hasPerson != 0 && (loggedIn || g.flags[l.Source]&hasPerson != 0)
	switch {
	case target == source:
		return Same
	case g.clash(target, source, l.At):
		return PersonsExport
	case both && (loggedIn || g.flags[source]&identified != 0) && l.Kind != Dangerously:
		return AlreadyIdentified
	}
	return Joined
}

// Login says, before any link, that somebody logs in with a node. An $identify that names it as the anonymous ID came from
// a device on which somebody else was logged in, even where the export does not reach back to that login.
func (g *Groups) Login(n uint32) { g.flags[n] |= login }

// Appear says that a node has a person from here on in the order of ingestion, because it stands on a row that is not
// personless.
func (g *Groups) Appear(n uint32) { g.flags[n] |= hasPerson }

// Identify says that the person of a node is identified from here on in the order of ingestion, because a row shows that
// somebody is logged in with it.
func (g *Groups) Identify(n uint32) { g.flags[g.find(n)] |= identified }
