package transfer

import (
	"context"
	"hash/maphash"
	"iter"
	"slices"
	"sync"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer/deliver"
)

// peoplePhase sends an identify for each person, unless an earlier run has sent the same.
type peoplePhase struct {
	*run
	identified map[uint64]bool // hashes of the identifiers for which there is an identify; nil if two people cannot have the same identifier
	optedOut   int64           // people who have unsubscribed, and whose identify does not say so
	merged     map[uint32]bool // people, by number, into whose profile another one is to be merged
	shown      *answered
	mapped     int64 // people
	all        int64 // people
}

func newPeoplePhase(r *run) *peoplePhase {
	p := &peoplePhase{run: r}
	p.merged, _ = (&mergesPhase{run: r}).targets()
	if r.first.rules.IdentifiersMayMeet {
		p.identified = map[uint64]bool{}
	}
	return p
}

func (p *peoplePhase) send() error {
	before := &p.delivery.Counts().Before
	answered := before.People() + before.Refused[customerio.Identify]
	out, shown := p.begin(ledger.People, answered, p.expected(answered))
	p.shown = shown
	defer p.progress.Done()
	err := out.End(p.deliver(out))
	for _, number := range out.Refused() {
		p.rejected[uint32(number)] = true
	}
	return err
}

// expected is how many people are sent, without those of whom an earlier run has sent the same if somebody has asked
// for Left before. before is how many identifies had an answer when the run was resumed.
func (p *peoplePhase) expected(before int64) expected {
	p.all = int64(p.first.People.Count(0).Sent)
	if left := p.first.identifies; left >= 0 {
		return expected{all: before + left, exact: true}
	}
	return expected{all: p.all}
}

func (p *peoplePhase) deliver(out *deliver.Phase) error {
	for group, err := range p.groups() {
		if err == nil {
			err = p.take(out, group)
		}
		if err == nil {
			err = p.stopped() // the delivery reports it only when it has something to send
		}
		if err != nil {
			return err
		}
	}
	p.shown.allMade()
	return nil
}

// settle waits until Customer.io has had time to make the people whom events and merges will name: it
// promises no order (docs.customer.io/journeys/importing-old-data).
func (p *peoplePhase) settle() error {
	if p.accepted(customerio.Identify) == 0 {
		return nil
	}
	return p.run.settle("so that Customer.io has the people first")
}

// mappedGroup is what became of a group of people.
type mappedGroup struct {
	mapped
	people         int64
	unchanged      map[uint64]bool // numbers of people of whom an earlier run has sent the same; empty if identifiers cannot meet
	optedOut       []uint64        // numbers of people as in peoplePhase.optedOut, rising
	rejectedBefore []uint32        // numbers of people with the same identify as when an earlier run rejected them
}

var mappedGroups = sync.Pool{New: func() any { return &mappedGroup{} }}

func (g *mappedGroup) release() {
	g.mapped.reset()
	*g = mappedGroup{mapped: g.mapped, optedOut: g.optedOut[:0], rejectedBefore: g.rejectedBefore[:0]}
	mappedGroups.Put(g)
}

// groups maps everybody, and yields the results in order.
func (p *peoplePhase) groups() iter.Seq2[*mappedGroup, error] {
	return parallel.Ordered(parallel.Groups(p.first.People.People(), peopleInGroup), p.first.input.workers(), p.mapGroup)
}

// mapGroup maps a group of people; it runs on several goroutines at once.
func (p *peoplePhase) mapGroup(worker int, group []*people.Person) *mappedGroup {
	g := mappedGroups.Get().(*mappedGroup)
	g.people = int64(len(group))
	from := p.from[ledger.People]
	for _, person := range group {
		ref := uint64(person.Number)
		g.End = ref + 1
		if from.Done(ref) && p.identified == nil {
			continue
		}
		text, o := p.mappers[worker].Person(g.text, beforeMerge(person))
		if o.Bucket == mapping.Send {
			if p.mappers[worker].OptedOut {
				g.optedOut = append(g.optedOut, ref)
			}
			p.add(worker, g, person, &o, text)
			continue
		}
		if ref < from.Next {
			continue // rejected before the run was stopped
		}
		key := keyOfPerson(person, nil, &o)
		if p.first.repeats.notRetried().has(key) {
			g.rejectedBefore = append(g.rejectedBefore, person.Number)
			continue
		}
		g.Rejects = append(g.Rejects, deliver.Reject{
			Number: ref, Key: key, Person: person.DistinctID, Reason: o.Reason, Detail: o.Detail + ": person " + mapping.ShortID(person.DistinctID),
		})
	}
	g.cut()
	return g
}

// add adds an identify to a group, unless an earlier run has sent the same, or the same was rejected. text is
// the text of the group, with the identify at its end.
func (p *peoplePhase) add(worker int, g *mappedGroup, person *people.Person, o *mapping.Outcome, text []byte) {
	identify := text[len(g.text):]
	ref := uint64(person.Number)
	unchanged := sentBefore(p.first.People, person, identify)
	switch {
	case person.EmailLate():
		unchanged = unchanged || p.wholeUnchanged(worker, person)
	case unchanged:
		unchanged = !p.hasMoreToRemove(worker, person, identify)
	}
	switch {
	case len(p.first.repeats.notRetried()) > 0 && p.first.repeats.notRetried().has(keyOfText(identify)):
		g.rejectedBefore = append(g.rejectedBefore, person.Number)
		return
	case unchanged:
		if ref >= p.from[ledger.People].Next { // the others were counted before the run was stopped
			g.Unchanged++
		}
		g.Settled = append(g.Settled, p.toBeSent[person.Number]...)
		if p.identified == nil {
			return
		}
		// It is added all the same, so that leaveOutSame notes its identifier and takes it out.
		if g.unchanged == nil {
			g.unchanged = map[uint64]bool{}
		}
		g.unchanged[ref] = true
	}
	mark := p.markOfPerson(beforeMerge(person), identify, o)
	if person.SentBefore() && !unchanged {
		text, mark.Person.Removed = p.withRemovals(worker, g.text, text, person)
	}
	if p.saves() {
		g.Marks = append(g.Marks, mark)
	}
	g.add(o.Operation(nil, ref), text)
}

// withRemovals returns text, which ends with the identify of a person whom an earlier run has sent, with what
// the identify is to remove, and what the state is to have as removed. before is the text before the identify.
func (p *peoplePhase) withRemovals(worker int, before, text []byte, person *people.Person) (out []byte, gone string) {
	mapper := p.mappers[worker]
	now := beforeMerge(person)
	if now != person {
		mapper.Person(nil, now) // wholeUnchanged has mapped the whole person last
	}
	out, gone = mapper.Removals(text, now, mapping.RemoveNew) // behind text, which stays if nothing is removed
	if p.merged[person.Number] {
		gone = mapping.GoneUnknown
	}
	if removing := out[len(text):]; len(removing) > 0 {
		return append(before, removing...), gone
	}
	return text, gone
}

// hasMoreToRemove reports whether an earlier run was stopped between a merge into a person's profile and the
// removal of what the merge may have brought back. The identify of the person, who was mapped last, may be the
// same as before.
func (p *peoplePhase) hasMoreToRemove(worker int, person *people.Person, identify []byte) bool {
	if p.first.People.RemovedBefore(person) != mapping.GoneUnknown || p.merged[person.Number] || !sentSame(p.first.People, person, identify) {
		return false
	}
	removing, _ := p.mappers[worker].Removals(nil, person, mapping.RemoveNew)
	return len(removing) > 0
}

// wholeUnchanged reports whether an earlier run has sent the same identify with the email.
func (p *peoplePhase) wholeUnchanged(worker int, person *people.Person) bool {
	if !person.SentBefore() {
		return false // the mapper would count once more what it leaves out
	}
	identify, o := p.mappers[worker].Person(nil, person)
	return o.Bucket == mapping.Send && sentBefore(p.first.People, person, identify)
}

// take delivers a group. It notes who is rejected, so that their events are rejected too.
func (p *peoplePhase) take(out *deliver.Phase, g *mappedGroup) error {
	defer g.release()
	for i := range g.Rejects { // not those that leaveOutSame adds: their events are sent
		p.rejected[uint32(g.Rejects[i].Number)] = true
	}
	for _, number := range g.rejectedBefore {
		p.rejected[number] = true
	}
	p.leaveOutSame(g)
	for i := range g.Operations {
		if _, found := slices.BinarySearch(g.optedOut, g.Operations[i].Ref); found {
			p.optedOut++
		}
	}
	p.mapped += g.people
	p.shown.made(int64(len(g.Operations)), float64(p.mapped)/float64(max(1, p.all)))
	return out.Deliver(&g.Result)
}

var identifierSeed = maphash.MakeSeed()

// leaveOutSame takes identifies out of a group: those that an earlier run has sent, and those with the
// identifier of somebody before. It rejects the latter.
func (p *peoplePhase) leaveOutSame(g *mappedGroup) {
	if p.identified == nil {
		return
	}
	from := p.from[ledger.People]
	var rejects []deliver.Reject
	n := 0
	for i, op := range g.Operations {
		who := maphash.Comparable(identifierSeed, op.Who)
		switch {
		case from.Done(op.Ref) || g.unchanged[op.Ref]:
			p.identified[who] = true
		case !p.identified[who]:
			p.identified[who] = true
			g.Operations[n] = op
			if len(g.Marks) > 0 {
				g.Marks[n] = g.Marks[i]
			}
			n++
		case op.Ref >= from.Next: // the others were rejected before the run was stopped
			one := deliver.Reject{
				Number: op.Ref, Key: keyOfText(op.Body), Reason: ReasonSameIdentifier,
				Detail: "another person has the same identifier", Operation: op.Body,
			}
			if len(g.Marks) > 0 {
				one.Key, one.Person = g.Marks[i].Key, g.Marks[i].Person.DistinctID
			}
			rejects = append(rejects, one)
		}
	}
	g.Operations, g.Marks = g.Operations[:n], g.Marks[:min(n, len(g.Marks))]
	g.Rejects = append(rejects, g.Rejects...)
}

// left counts the identifies that are to be sent, without sending them. unsendable says that somebody cannot
// be sent.
func (p *peoplePhase) left(ctx context.Context) (n int64, unsendable bool, err error) {
	for g, err := range p.groups() {
		if err == nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return n, unsendable, err
		}
		unsendable = unsendable || len(g.Rejects)+len(g.rejectedBefore) > 0
		n += p.identifiesOf(g)
		g.release()
	}
	return n, unsendable, nil
}

// identifiesOf counts the identifies of a group that are to be sent. Of several people with one identifier
// only the first gets one.
func (p *peoplePhase) identifiesOf(g *mappedGroup) (n int64) {
	if p.identified == nil {
		return int64(len(g.Operations))
	}
	from := p.from[ledger.People]
	for _, op := range g.Operations {
		who := maphash.Comparable(identifierSeed, op.Who)
		if !from.Done(op.Ref) && !g.unchanged[op.Ref] && !p.identified[who] {
			n++
		}
		p.identified[who] = true
	}
	return n
}
