package identity

// Kind is the kind of a link. Links at one place in the order are sorted by kind, then by the texts of their
// IDs.
type Kind uint8

const (
	Alias       Kind = iota // $create_alias
	Identify                // $identify
	Dangerously             // $merge_dangerously: may merge a person that is identified
)

// Link is a row that links two different, legal IDs. Its direction only matters for whether it is refused.
type Link struct {
	Kind   Kind
	Target uint32 // the row's distinct_id
	Source uint32 // its $anon_distinct_id or alias
	At     int64  // unix microseconds
	Again  bool   // it repeats an earlier link, and is not counted
}

// Outcome is what became of a link.
type Outcome uint8

const (
	Joined            Outcome = iota
	Same                      // they were one person already
	AlreadyIdentified         // refused: the source's person is identified
	PersonsExport             // refused: they are two in the persons export
)

// Follow follows the next link in the order of ingestion: it joins the two IDs or refuses to. A link that is
// followed again later changes nothing, unless the time of the persons export is between the two.
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
		g.SetIdentified(l.Source) // the login may be older than the events export
	}
	return outcome
}

// add counts a link.
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

// outcome decides what becomes of a link, without following it.
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

// refusesIdentify reports whether an $identify is refused: it would join the person of its target with
// somebody who is identified. Only a target that a machine made and that has no person yet may be joined so.
// This is the rule of PostHog's newer person store. The older one allowed it for any new ID, and so made one
// person of all who logged in on one machine one after the other.
func (g *Groups) refusesIdentify(l Link) bool {
	somebody := g.flags[l.Source]&login != 0 || g.flags[g.find(l.Source)]&identified != 0
	fresh := g.flags[l.Target]&machineMade != 0 && g.flags[g.find(l.Target)]&isPerson == 0
	return somebody && !fresh
}

// refusesAlias reports whether a $create_alias is refused: it would move somebody who is identified to
// another person. An ID without a person always joins.
func (g *Groups) refusesAlias(l Link) bool {
	both := g.flags[l.Target]&hasPerson != 0 && g.flags[l.Source]&hasPerson != 0
	return both && g.flags[g.find(l.Source)]&identified != 0
}

// SetLogin records, before any link is followed, that somebody logs in with a node. If an $identify names
// that node as its anonymous ID, somebody else was logged in on the device, even if the login itself is older
// than the export.
func (g *Groups) SetLogin(n uint32) { g.flags[n] |= login }

// SetMachineMade records, before any link is followed, that a machine made a node's ID.
func (g *Groups) SetMachineMade(n uint32) { g.flags[n] |= machineMade }

// SetHasPerson records that a node has a person from this point of the order on, because a row with its ID is
// not personless.
func (g *Groups) SetHasPerson(n uint32) {
	g.flags[n] |= hasPerson
	g.flags[g.find(n)] |= isPerson
}

// SetIdentified records that the person of a node is identified from this point of the order on, because a
// row shows a login.
func (g *Groups) SetIdentified(n uint32) { g.flags[g.find(n)] |= identified }

// Counts counts what became of links. Each link is counted once, by its first row; if there is a persons
// export, also by its first row after that.
type Counts struct {
	Joined            int64 `json:"joined"`             // links that joined two groups
	Same              int64 `json:"already_one"`        // links between IDs that were one person already
	AlreadyIdentified int64 `json:"already_identified"` // refused, as PostHog does: two identified people
	PersonsExport     int64 `json:"persons_export"`     // refused: they are two in the persons export
	RefusedShares     int64 `json:"refused_person_ids"` // shared person_ids refused for the same reason
}
