package people

import (
	"slices"

	"ph2cio/internal/identity"
)

// gathered is what becomes of groups before anything is known of their attributes.
type gathered struct {
	people     *candidates
	tally      *tally
	groups     *identity.Groups // for GroupOf; nil unless Options.Trace asks
	leavesSent bool             // somebody whom an earlier run has sent, and who is on a row, is not sent now
}

// gather makes the candidates, counts the other groups, and ends the groups of j.
func gather(j *judged, choice *Choice) *gathered {
	many := 0
	for _, t := range j.traits {
		if choice.may(t) {
			many++
		}
	}
	g := &gathered{people: newCandidates(many), tally: newTally(choice)}
	for root, t := range j.traits {
		if choice.may(t) {
			g.people.add(uint32(root), t)
		} else {
			g.tally.group(t, t&isThere != 0)
		}
	}
	visitors := countVisitors(j, g.people, g.tally)
	g.leavesSent = leaveGroups(j, choice) || visitors
	if j.nodes.x.options.Trace != nil {
		g.groups = j.groups.Clone()
	}
	all := j.groups.Replace(func(root uint32) uint32 { return j.traits[root] })
	g.people.setMembers(slices.Clone(all[:j.nodes.count()])) // without the nodes of person_ids
	return g
}

// leaveGroups notes in place of a group's traits what has become of it, in memory that was there before:
// there may be many millions. It reports whether it leaves out somebody whom an earlier run has sent.
func leaveGroups(j *judged, choice *Choice) (leavesSent bool) {
	next := 0
	for root, t := range j.traits {
		barred := choice.barred(t)
		leavesSent = leavesSent || t&(isSent|groupSeen) == isSent|groupSeen && !choice.may(t)
		switch {
		case choice.may(t):
			j.traits[root] = memberOf(next)
			next++
		case barred != Sent:
			j.traits[root] = uint32(barred)
		case t&(groupSeen|groupFit) == groupSeen:
			j.traits[root] = uint32(AllRejected)
		default:
			j.traits[root] = uint32(choice.Who.leaves())
		}
	}
	return leavesSent
}
