package people

import (
	"context"
	"iter"
	"math"
	"sync/atomic"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
	"ph2cio/internal/spool"
)

// linkFollower joins IDs by links.
type linkFollower struct {
	nodes    *nodes
	groups   *identity.Groups
	joinings *joinings
	merges   MergePolicy
	directed *directedLinks
	logins   *loginCollector
	links    [][2]uint32 // target and source of accepted $identify rows, for MergeIdentify
}

// follow goes through all steps in the order of ingestion. Links join IDs; the other steps decide which links
// are refused.
func (s *linkFollower) follow(ctx context.Context) error {
	steps := &spool.Sorter[step]{
		Space: s.nodes.x.space, Most: mostSorted(s.nodes.x.memory, stepBytes),
		Compare: func(a, b *step) int { return a.compare(b) },
		Append:  func(dst []byte, s *step) []byte { return s.append(dst) },
		Read:    readStep,
	}
	if err := s.steps(ctx, steps); err != nil {
		return err
	}
	var last acceptedLink
	for one, err := range spool.Until(ctx, steps.Sorted()) {
		if err != nil {
			return err
		}
		switch {
		case one.login:
			s.groups.SetIdentified(one.a)
			continue
		case one.first:
			s.groups.SetHasPerson(one.a)
			continue
		}
		fed := s.groups.HasAttributes(one.a) && s.groups.HasAttributes(one.b)
		outcome := s.groups.Follow(identity.Link{Kind: one.kind, Target: one.a, Source: one.b, At: one.order.At, Again: one.again})
		s.note(&one, outcome)
		if !one.again && (outcome == identity.Joined || outcome == identity.Same) {
			if one.kind == identity.Identify {
				s.noteAnonymous(one.b)
			}
			last = s.addBefore(&last, acceptedLink{step: one, replays: fed, exists: true})
		}
	}
	s.addBefore(&last, acceptedLink{})
	return nil
}

// noteAnonymous notes the anonymous ID of an $identify that was accepted. A refused one says nothing of that
// ID, which may be a customer's own.
func (s *linkFollower) noteAnonymous(node uint32) {
	shard, number := s.nodes.shardOf(node)
	shard.anonymous.Add(uint64(number))
}

// acceptedLink is a link that was not refused.
type acceptedLink struct {
	step
	replays bool // its time matters, because both persons have attributes
	exists  bool // false in place of no link
}

// addBefore adds the last accepted link to the joinings once the next one is known, and returns that. Links
// with the same time join here in one order and are replayed with attributes in another, so each of them is
// kept with its time.
func (s *linkFollower) addBefore(last *acceptedLink, next acceptedLink) acceptedLink {
	if last.exists && next.exists && last.order.At == next.order.At {
		last.replays, next.replays = true, true
	}
	if last.exists {
		s.joinings.addLink(&last.step, last.replays)
	}
	return next
}

// steps collects all steps: the links, when the IDs of links first have a person, and when somebody first
// logs in with an ID.
func (s *linkFollower) steps(ctx context.Context, all *spool.Sorter[step]) error {
	exportSteps(s.nodes, all)
	targets, err := s.machineTargets(ctx)
	if err != nil {
		return err
	}
	links := s.nodes.x.newLinkSorter()
	for i := range s.nodes.x.shards {
		sh := &s.nodes.x.shards[i]
		if err := stopped(ctx, 0); err != nil {
			return err
		}
		if err := s.linkSteps(sh.sortedLinks(links), all); err != nil {
			return err
		}
		err := sh.eachID(func(number uint32, f *idFacts, text []byte) error {
			node := s.nodes.first[i] + number
			s.applyEarlier(node, f.flags)
			if f.flags&hasState != 0 {
				s.groups.SetHasAttributes(node)
			}
			s.directed.noteKeepable(node, f, text)
			if f.flags&wasUserID != 0 {
				s.groups.SetLogin(node)
			}
			if f.flags.identified() {
				s.logins.add(s.groups.Find(node))
			}
			if f.flags.device() {
				s.groups.SetMachineMade(node)
			}
			if f.flags&(sawLogin|hadLogin) == sawLogin {
				all.Add(firstStep(node, f.firstLogin, true))
			}
			person := f.flags & (hasPerson | inLink | hadPerson)
			if person == hasPerson|inLink || person == hasPerson && targets.Has(uint64(s.groups.Find(node))) {
				all.Add(firstStep(node, f.first, false))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// machineTargets returns the roots of groups that have an ID which a machine made and which is the target of
// an $identify. Whether that $identify may join it with somebody identified depends on all IDs in the group.
func (s *linkFollower) machineTargets(ctx context.Context) (parallel.Bitset, error) {
	if !s.nodes.x.machineTargets.Load() {
		return nil, nil
	}
	targets := make(parallel.Bitset, s.nodes.count()/64+1)
	return targets, s.nodes.each(ctx, func(node uint32, f *idFacts, _ []byte) error {
		if f.flags&wasTarget != 0 && f.flags.device() {
			root := s.groups.Find(node)
			atomic.OrUint64(&targets[root/64], 1<<(root%64))
		}
		return nil
	})
}

// linkSteps adds those of sorted links that decide something to the steps.
func (s *linkFollower) linkSteps(links iter.Seq2[link, error], all *spool.Sorter[step]) error {
	for l, err := range s.nodes.x.distinct(links) {
		if err != nil {
			return err
		}
		target, _ := s.nodes.of(l.target)
		source, _ := s.nodes.of(l.source)
		all.Add(step{
			order: l.at.Order, stamp: l.at.Stamp, ref: l.at.Ref, kind: l.kind, again: l.again, tie: l.tie, a: target, b: source,
		})
	}
	return nil
}

// note reports the outcome of a link to Options.Trace, and remembers a link that was accepted.
func (s *linkFollower) note(one *step, outcome identity.Outcome) {
	if s.nodes.x.options.Trace != nil {
		s.nodes.x.options.Trace(one.ref, outcome)
	}
	accepted := outcome == identity.Joined || outcome == identity.Same
	if accepted {
		s.directed.note(one)
	}
	if s.merges == MergeIdentify && one.kind == identity.Identify && accepted {
		s.links = append(s.links, [2]uint32{one.a, one.b})
	}
}

// applyEarlier applies what earlier runs know of an ID, which holds before any row of this run.
func (s *linkFollower) applyEarlier(node uint32, m idFlags) {
	if m&hadPerson != 0 {
		s.groups.SetHasPerson(node)
	}
	if m&hadLogin != 0 {
		s.groups.SetIdentified(node)
	}
}

// exportSteps adds what the persons export says: by its time its IDs have persons, and some of those are
// identified.
func exportSteps(nodes *nodes, all *spool.Sorter[step]) {
	if nodes.x.persons == nil {
		return
	}
	at := identity.Moment{At: nodes.x.persons.at(), UUID: math.MaxUint64}
	exportedIDs(nodes, func(node uint32, person *exportPerson) {
		all.Add(firstStep(node, at, false))
		if person.identified && person.node == node+1 {
			all.Add(firstStep(node, at, true))
		}
	})
}
