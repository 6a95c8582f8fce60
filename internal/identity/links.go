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
	Again  bool   // it has been followed before, and is not counted again
}

// Outcome is the outcome of following a link.
type Outcome uint8

const (
	Joined            Outcome = iota
	Same                      // they were one person already
	AlreadyIdentified         // refused: the source's person is identified
	PersonsExport             // refused: they are two in the persons export
)

// Follow takes the next link in order of ingestion. Following it again later changes nothing, unless the
// persons export's time is between the two.
func (g *Groups) Follow(l Link) Outcome {
	outcome := g.outcome(l)
	if outcome == Joined {
		g.Join(l.Target, l.Source)
	}
	if !l.Again {
		g.counts.add(outcome)
	}
	// In any case PostHog has a person for both IDs now, and takes that of the target as identified, even if
	// it refuses the merge.
	g.SetHasPerson(l.Target)
	g.SetHasPerson(l.Source)
	g.SetIdentified(l.Target)
	if outcome == AlreadyIdentified {
		g.SetIdentified(l.Source) // also if that login is older than the export
	}
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

func (g *Groups) outcome(l Link) Outcome {
	target, source := g.find(l.Target), g.find(l.Source)
	switch {
	case target == source:
		return Same
	case g.separates(target, source, l.At):
		return PersonsExport
	case l.Kind == Identify && g.refusesIdentify(l), l.Kind == Alias && g.refusesAlias(l):
		return AlreadyIdentified
	}
	return Joined
}

// refusesIdentify reports whether an $identify would join the person of its target with somebody who is
// identified: only an ID that a machine made and that has no person yet may do so. This is the rule of
// PostHog's newer person store. Its older one lets any new ID do so, and makes one person of all who log in
// on one machine one after the other.
func (g *Groups) refusesIdentify(l Link) bool {
	somebody := g.flags[l.Source]&login != 0 || g.flags[g.find(l.Source)]&identified != 0
	fresh := g.flags[l.Target]&machineMade != 0 && g.flags[g.find(l.Target)]&isPerson == 0
	return somebody && !fresh
}

// refusesAlias reports whether a $create_alias would move somebody who is identified to another person. An ID
// without a person always joins.
func (g *Groups) refusesAlias(l Link) bool {
	both := g.flags[l.Target]&hasPerson != 0 && g.flags[l.Source]&hasPerson != 0
	return both && g.flags[g.find(l.Source)]&identified != 0
}

// SetLogin records, before any link, that somebody logs in with a node. An $identify that names it as the
// anonymous ID comes from a device on which somebody else was logged in, even if that login is older than the
// export.
func (g *Groups) SetLogin(n uint32) { g.flags[n] |= login }

// SetMachineMade records, before any link, that a node's ID was made by a machine.
func (g *Groups) SetMachineMade(n uint32) { g.flags[n] |= machineMade }

// SetHasPerson records that a node has a person from here on in the order of ingestion, because a row with
// this ID is not personless.
func (g *Groups) SetHasPerson(n uint32) {
	g.flags[n] |= hasPerson
	g.flags[g.find(n)] |= isPerson
}

// SetIdentified records that the person of a node is identified from here on in the order of ingestion,
// because a row shows that somebody is logged in with it.
func (g *Groups) SetIdentified(n uint32) { g.flags[g.find(n)] |= identified }
