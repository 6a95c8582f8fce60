package people

import (
	"slices"

	"ph2cio/internal/identity"
)

// gathered is what is known before attributes are folded: the groups that may be sent, and the counts of the
// others.
type gathered struct {
	people     *candidates
	tally      *tally
	groups     *identity.Groups // for Directory.GroupOf; nil without Options.Trace
	leavesSent bool             // a person whom an earlier run has sent, and who is on a row, is not sent now
}

// findCandidates finds the groups that may be sent, and counts the others. The groups of j must not be used
// afterwards.
func findCandidates(j *knownGroups, choice *Choice) *gathered {
	many := 0
	for _, t := range j.flags {
		if choice.mayBeSent(t) {
			many++
		}
	}
	g := &gathered{people: newCandidates(many), tally: newTally(choice)}
	bare := choice.bareFlags() // until attributes are known
	for root, t := range j.flags {
		if choice.mayBeSent(t) {
			g.people.add(uint32(root), t|bare)
		} else {
			g.tally.group(t|bare, t&hasProfile != 0)
		}
	}
	visitors := countVisitors(j, g.people, g.tally)
	g.leavesSent = writeStatuses(j, choice) || visitors
	if j.nodes.x.options.Trace != nil {
		g.groups = j.groups.Clone()
	}
	all := j.groups.Replace(func(root uint32) uint32 { return j.flags[root] })
	g.people.setMembers(slices.Clone(all[:j.nodes.count()])) // without the nodes of person_ids
	return g
}

// writeStatuses replaces the flags of each group by what becomes of it, in the same memory, since there may
// be many millions. It reports whether a person whom an earlier run has sent is not sent now.
func writeStatuses(j *knownGroups, choice *Choice) (leavesSent bool) {
	next := 0
	for root, t := range j.flags {
		barred := choice.barred(t)
		leavesSent = leavesSent || t&(isSent|groupSeen) == isSent|groupSeen && !choice.mayBeSent(t)
		switch {
		case choice.mayBeSent(t):
			j.flags[root] = memberOf(next)
			next++
		case barred != Sent:
			j.flags[root] = uint32(barred)
		case t&(groupSeen|groupNotRejected) == groupSeen:
			j.flags[root] = uint32(AllRejected)
		default:
			j.flags[root] = uint32(choice.Who.leftOutAs())
		}
	}
	return leavesSent
}
