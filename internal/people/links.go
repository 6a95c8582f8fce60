package people

import (
	"cmp"
	"iter"
	"slices"
)

// Link is a merge that an accepted $identify asked for: the anonymous ID into the person.
type Link struct {
	Person    *Person
	Anonymous string
}

// pair is an $identify's distinct ID, by its number in its own shard, and the anonymous ID it named.
type pair struct {
	id        uint32
	anonymous place
}

// link notes a pair, with the first row that asked for it.
func (sh *shard) link(p pair, ref uint64) {
	if sh.links == nil {
		sh.links = map[pair]uint64{}
	}
	if first, known := sh.links[p]; !known || ref < first {
		sh.links[p] = ref
	}
}

// merges returns the links that become merges: into a person who gets an identify, of an ID that is not identified
// itself, because PostHog refuses to merge those.
func (s *settler) merges() []Link {
	type merge struct {
		ref uint64
		Link
	}
	var all []merge
	for number := range s.index.shards {
		sh := &s.index.shards[number]
		for p, ref := range sh.links {
			en, anonymous := sh.ids.at(p.id), s.index.entry(p.anonymous)
			if en.marks&getsProfile == 0 || anonymous.marks&isIdentified != 0 {
				continue
			}
			texts := &s.index.shards[p.anonymous.shard()].ids.texts
			all = append(all, merge{ref, Link{&s.settled.persons[en.link-1], texts.string(anonymous.text)}})
		}
		sh.links = nil
	}
	slices.SortFunc(all, func(a, b merge) int { return cmp.Compare(a.ref, b.ref) })
	links := make([]Link, len(all))
	for i, m := range all {
		links[i] = m.Link
	}
	return links
}

// Links yields the links, each pair once, in order of their rows. Empty unless Choice.Merges.
func (s *Settled) Links() iter.Seq[Link] { return slices.Values(s.links) }
