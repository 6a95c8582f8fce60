package people

import (
	"cmp"
	"context"
	"runtime/debug"
)

// Decide ends the first pass and finds out who is who. It may be called once, and Observe must not be called
// afterwards. The index must stay open as long as the Directory is used. An error is trouble with the disk,
// or the cause of ctx, at whose end Decide stops within moments.
func (x *Index) Decide(ctx context.Context, c Choice) (*Directory, error) {
	c.Who = cmp.Or(c.Who, Identified)
	d := &decider{ctx: ctx, x: x, choice: &c}
	for _, step := range []func() error{
		d.readBack,       // all IDs get nodes
		d.readSent,       // the people whom earlier runs have sent
		d.findLive,       // the profiles that PostHog's live destination has made
		d.join,           // IDs become groups
		d.learnGroups,    // what is known of each group
		d.reportFound,    // which of the IDs are there that the caller looks for
		d.findCandidates, // the groups that may be sent
		d.findTargets,    // what directed links say about the choice of the kept ID
		d.keepIDs,        // each candidate's kept ID
		d.fold,           // each candidate's attributes
		d.findEmailIDs,   // distinct IDs that replace missing emails
		d.contest,        // each email and cio_id goes to one candidate
		d.resolve,        // the choice between a candidate's profiles in Customer.io
		d.handOver,       // emails that were somebody else's in Customer.io until now
	} {
		if err := step(); err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		d.giveBack()
	}
	if err := d.choose(); err != nil {
		return nil, err
	}
	directory, err := d.finish()
	if err != nil {
		return nil, err
	}
	return directory, x.Err()
}

// decider is Decide while it works: what each step has found, as long as a later step needs it.
type decider struct {
	ctx    context.Context
	x      *Index
	choice *Choice

	pairs       *sharedPairs // until join
	nodes       *nodes
	sent        *sentTable
	live        liveList
	joined      *joined
	known       *knownGroups
	gathered    *gathered
	targets     *targets
	ranker      *idRanker
	folded      *folded
	identifiers *identifiers
	losers      []loser
	named       []NamedPerson
	resolved    map[uint32]*resolved
	held        []HeldPerson
	handovers   *handovers
	chosen      *chosen
}

// manyNodes is from how many IDs on giveBack is worth its time.
const manyNodes = 1 << 20

// giveBack returns free memory to the system after a step. The next step needs large pieces, which do not fit
// into the gaps between what is in use.
func (d *decider) giveBack() {
	if d.nodes.count() >= manyNodes {
		debug.FreeOSMemory()
	}
}

func (d *decider) readBack() (err error) {
	err = d.x.eachShard(d.ctx, func(_ uint32, sh *shard) error { return d.x.readBack(sh) })
	if err == nil && d.x.rememberedTwice() {
		err = d.x.condense(d.ctx)
	}
	if err == nil {
		d.pairs, err = d.x.findSharedPairs(d.ctx)
	}
	d.nodes = newNodes(d.x)
	return err
}

func (d *decider) readSent() (err error) {
	d.sent, err = readSentTable(d.ctx, d.nodes)
	return err
}

func (d *decider) findLive() (err error) {
	d.live, err = findLive(d.ctx, d.nodes)
	return err
}

func (d *decider) join() (err error) {
	d.joined, err = join(d.ctx, d.nodes, d.pairs, d.choice.Merges)
	d.pairs = nil
	return err
}

func (d *decider) learnGroups() (err error) {
	d.known, err = learnGroups(d.ctx, d.nodes, d.joined.groups)
	return err
}

func (d *decider) reportFound() error { return d.known.reportFound(d.ctx) }

func (d *decider) findCandidates() error {
	d.gathered = findCandidates(d.known, d.choice)
	d.known.drop()
	return nil
}

func (d *decider) findTargets() (err error) {
	d.ranker = &idRanker{options: &d.x.options, sent: d.sent, merged: newMergedIDs(d.nodes, d.sent, d.gathered.people)}
	d.targets, err = findTargets(d.ctx, d.nodes, d.joined.directed, d.ranker)
	if err != nil {
		return err
	}
	d.ranker.comeAfter(d.targets.sources)
	return nil
}

func (d *decider) keepIDs() error { return keepIDs(d.ctx, d.nodes, d.gathered.people, d.ranker) }

func (d *decider) fold() (err error) {
	d.folded, err = foldAttributes(d.ctx, d.joined, d.gathered.people, d.choice)
	return err
}

func (d *decider) findEmailIDs() error {
	emailIDs, err := findEmailIDs(d.ctx, d.nodes, d.gathered.people, d.choice, d.folded.emails)
	d.identifiers = &identifiers{d.gathered.people, finals{d.folded.parts, d.x.keys}, emailIDs}
	return err
}

func (d *decider) contest() (err error) {
	c := &contest{ctx: d.ctx, choice: d.choice, people: d.gathered.people, sent: d.sent}
	d.losers, err = c.findWinners(d.folded.emails, d.folded.cioIDs, d.gathered.tally)
	if err != nil {
		return err
	}
	d.folded.dropClaims()
	d.named = listNamed(d.gathered.people, d.choice, d.losers)
	return nil
}

func (d *decider) resolve() error {
	finder := &profileFinder{
		ctx: d.ctx, nodes: d.nodes, options: &d.x.options, choice: d.choice, people: d.gathered.people, sent: d.sent,
		identifiers: d.identifiers, ranker: d.ranker,
	}
	profiles, err := finder.find()
	if err != nil {
		return err
	}
	r := &resolver{
		ctx: d.ctx, options: &d.x.options, choice: d.choice, people: d.gathered.people, identifiers: d.identifiers,
		names: profileNames{d.x.options.Existing, d.sent, d.gathered.people},
	}
	r.merges = &namedMerges{targets: d.targets, names: &r.names}
	err = r.resolve(profiles)
	d.resolved, d.held = r.of, r.held
	return err
}

func (d *decider) handOver() error {
	d.handovers = &handovers{
		ctx: d.ctx, choice: d.choice, people: d.gathered.people, nodes: d.nodes, sent: d.sent, emails: d.folded.emailSums,
	}
	return d.handovers.find(d.resolved)
}

func (d *decider) choose() (err error) {
	c := &chooser{
		options: &d.x.options, choice: d.choice, people: d.gathered.people, nodes: d.nodes, sent: d.sent,
		identifiers: d.identifiers, resolved: d.resolved, uuids: d.folded.uuids, losers: d.losers, handovers: d.handovers,
	}
	d.chosen, err = c.choose(d.ctx)
	return err
}

// finish makes the Directory and drops what it does not need.
func (d *decider) finish() (*Directory, error) {
	people := d.gathered.people
	counts := d.countAll()
	m := &merger{
		options: &d.x.options, merges: d.choice.Merges, people: people, nodes: d.nodes, sent: d.sent,
		persons: d.chosen.persons, links: d.joined.links,
	}
	links, err := m.list(d.ctx, d.resolved)
	if err != nil {
		return nil, err
	}
	fused := d.joined.logins.list(people, d.chosen.persons)
	for node, member := range people.members {
		people.members[node] = d.statusOrPerson(member)
	}
	largest, err := findLargest(d.ctx, d.nodes, people.members, d.chosen.persons, &d.identifiers.finals, d.x.options.Largest)
	if err != nil {
		return nil, err
	}
	d.x.dropAll()
	d.sent.dropEmails()
	return &Directory{
		index: d.x, nodes: d.nodes, persons: d.chosen.persons, yielded: d.chosen.yielded, finals: d.identifiers.finals,
		who: people.members, statusOfUnknown: d.choice.Who.leftOutAs(), counts: counts, groups: d.gathered.groups, sent: d.sent,
		merges: links, conflicts: d.chosen.lostEmails, several: fused, held: d.held, live: d.live, named: d.named, largest: largest,
		leavesSent: d.gathered.leavesSent || d.chosen.leavesSent,
	}, nil
}

// countAll adds the candidates to the tally of the other groups, and returns the totals.
func (d *decider) countAll() Counts {
	tally := d.gathered.tally
	tally.seenIDs(d.known.seen.Count())
	for i := range d.gathered.people.all {
		c := &d.gathered.people.all[i]
		known := c.flags&hasProfile != 0
		if c.sent {
			known = d.chosen.persons[c.person].known
		}
		tally.group(c.flags, known)
	}
	tally.sent(d.chosen.yielded, d.chosen.events, d.chosen.conflicts)
	return tally.counts(d.joined.groups.Counts())
}

// statusOrPerson returns a Status, or for a person who is sent a number after all Statuses, given what
// candidates.members has.
func (d *decider) statusOrPerson(member uint32) uint32 {
	if member < uint32(statuses) {
		return member
	}
	c := &d.gathered.people.all[member-uint32(statuses)]
	if c.sent {
		return c.person + uint32(statuses)
	}
	return uint32(d.choice.status(c.flags))
}
