package people

import (
	"cmp"
	"context"
	"runtime/debug"
)

// Decide ends the first pass: Observe must not be called any more, and Decide only once. Its error is
// trouble with the disk, or the cause of ctx, which ends it within moments however many people there are. The
// index must be closed after the Directory has been used.
func (x *Index) Decide(ctx context.Context, c Choice) (*Directory, error) {
	c.Who = cmp.Or(c.Who, Identified)
	s := &decider{ctx: ctx, x: x, choice: &c}
	for _, step := range []func() error{
		s.readBack,       // all IDs get nodes
		s.readSent,       // and it is known who was sent
		s.findLive,       // which profiles are there of visitors
		s.join,           // nodes become groups
		s.learnGroups,    // what is known of each group
		s.reportFound,    // which of the IDs that are looked for are there
		s.findCandidates, // the groups that may be sent
		s.findTargets,    // what links say of which ID is to be kept
		s.keepIDs,        // and the ID of each
		s.fold,           // and their attributes
		s.findEmailIDs,
		s.contest, // of which some can be one person's only
		s.resolve, // which of several profiles is theirs
	} {
		if err := step(); err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		s.giveBack()
	}
	if err := s.choose(); err != nil {
		return nil, err
	}
	settled, err := s.finish()
	if err != nil {
		return nil, err
	}
	return settled, x.Err()
}

// decider is Decide at work: what each step has found, as long as a later one needs it.
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
	chosen      *chosen
}

// manyNodes is from how many IDs on memory is given back between the steps.
const manyNodes = 1 << 20

// giveBack returns to the system what the last step has left: the next one takes large pieces of memory,
// which do not fit between those that are in use.
func (s *decider) giveBack() {
	if s.nodes.count() >= manyNodes {
		debug.FreeOSMemory()
	}
}

func (s *decider) readBack() (err error) {
	err = s.x.eachShard(s.ctx, func(_ uint32, sh *shard) error { return s.x.readBack(sh) })
	if err == nil {
		s.pairs, err = s.x.findSharedPairs(s.ctx)
	}
	s.nodes = newNodes(s.x)
	return err
}

func (s *decider) readSent() (err error) {
	s.sent, err = readSentTable(s.ctx, s.nodes)
	return err
}

func (s *decider) findLive() (err error) {
	s.live, err = findLive(s.ctx, s.nodes)
	return err
}

func (s *decider) join() (err error) {
	s.joined, err = join(s.ctx, s.nodes, s.pairs, s.choice.Merges)
	s.pairs = nil
	return err
}

func (s *decider) learnGroups() (err error) {
	s.known, err = learnGroups(s.ctx, s.nodes, s.joined.groups)
	return err
}

func (s *decider) reportFound() error { return s.known.reportFound(s.ctx) }

func (s *decider) findCandidates() error {
	s.gathered = findCandidates(s.known, s.choice)
	s.known.drop()
	return nil
}

func (s *decider) findTargets() (err error) {
	s.targets, err = findTargets(s.ctx, s.nodes, s.joined.directed, &idRanker{options: &s.x.options, sent: s.sent})
	if err != nil {
		return err
	}
	s.ranker = &idRanker{&s.x.options, s.sent, s.targets.sources}
	return nil
}

func (s *decider) keepIDs() error { return keepIDs(s.ctx, s.nodes, s.gathered.people, s.ranker) }

func (s *decider) fold() (err error) {
	s.folded, err = foldAttributes(s.ctx, s.joined, s.gathered.people, s.choice)
	return err
}

func (s *decider) findEmailIDs() error {
	emailIDs, err := findEmailIDs(s.ctx, s.nodes, s.gathered.people, s.choice, s.folded.emails)
	s.identifiers = &identifiers{s.gathered.people, finals{s.folded.parts, s.x.keys}, emailIDs}
	return err
}

func (s *decider) contest() (err error) {
	c := &contest{ctx: s.ctx, choice: s.choice, people: s.gathered.people, sent: s.sent}
	s.losers, err = c.findWinners(s.folded, s.gathered.tally)
	if err != nil {
		return err
	}
	s.folded.dropClaims()
	s.named = listNamed(s.gathered.people, s.choice, s.losers)
	return nil
}

func (s *decider) resolve() error {
	finder := &profileFinder{
		ctx: s.ctx, nodes: s.nodes, options: &s.x.options, choice: s.choice, people: s.gathered.people, sent: s.sent,
		identifiers: s.identifiers, ranker: s.ranker,
	}
	profiles, err := finder.find()
	if err != nil {
		return err
	}
	r := &resolver{
		ctx: s.ctx, options: &s.x.options, choice: s.choice, people: s.gathered.people, identifiers: s.identifiers, targets: s.targets,
		names: profileNames{s.x.options.Existing, s.sent, s.gathered.people},
	}
	err = r.resolve(profiles)
	s.resolved, s.held = r.of, r.held
	return err
}

func (s *decider) choose() (err error) {
	c := &chooser{
		options: &s.x.options, choice: s.choice, people: s.gathered.people, nodes: s.nodes, sent: s.sent,
		identifiers: s.identifiers, resolved: s.resolved, uuids: s.folded.uuids, losers: s.losers,
	}
	s.chosen, err = c.choose(s.ctx)
	return err
}

// finish says for each ID who it is, and drops all that is not needed any more.
func (s *decider) finish() (*Directory, error) {
	people := s.gathered.people
	counts := s.countAll()
	m := &merger{
		options: &s.x.options, merges: s.choice.Merges, people: people, nodes: s.nodes, sent: s.sent,
		persons: s.chosen.persons, links: s.joined.links,
	}
	links, err := m.list(s.ctx, s.resolved)
	if err != nil {
		return nil, err
	}
	fused := s.joined.logins.list(people, s.chosen.persons)
	for node, member := range people.members {
		people.members[node] = s.verdict(member)
	}
	s.x.dropAll()
	s.sent.dropEmails()
	return &Directory{
		index: s.x, nodes: s.nodes, persons: s.chosen.persons, yielded: s.chosen.yielded, finals: s.identifiers.finals,
		who: people.members, statusOfUnknown: s.choice.Who.leftOutAs(), counts: counts, groups: s.gathered.groups, sent: s.sent,
		merges: links, conflicts: s.chosen.lostEmails, several: fused, held: s.held, live: s.live, named: s.named,
		leavesSent: s.gathered.leavesSent || s.chosen.leavesSent,
	}, nil
}

// countAll counts the candidates and, with what has been counted of the others, all groups.
func (s *decider) countAll() Counts {
	tally := s.gathered.tally
	tally.seenIDs(s.known.seen.Count())
	for i := range s.gathered.people.all {
		c := &s.gathered.people.all[i]
		known := c.flags&hasProfile != 0
		if c.sent {
			known = s.chosen.persons[c.person].known
		}
		tally.group(c.flags, known)
	}
	counts := tally.counts()
	counts.Sent, counts.Events, counts.EmailConflicts = s.chosen.yielded, s.chosen.events, s.chosen.conflicts
	counts.Links = s.joined.groups.Counts()
	return counts
}

// verdict is what has become of a member: a Status, or a person behind all of those.
func (s *decider) verdict(member uint32) uint32 {
	if member < uint32(statuses) {
		return member
	}
	c := &s.gathered.people.all[member-uint32(statuses)]
	if c.sent {
		return c.person + uint32(statuses)
	}
	return uint32(s.choice.status(c.flags))
}
