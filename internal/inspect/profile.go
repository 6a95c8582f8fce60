package inspect

import (
	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer"
)

// profile is the profile of an export: what is in it. It is the observer of the first pass. The workers
// count chunks, each on a share of its own, and Add adds the shares up in reading order, so that the same
// export always has the same profile.
type profile struct {
	rules *mapping.Rules
	files []fileCounts // by index of the source
	times times
	names totals
	free  chan *share // shares that can be used again
}

func newProfile(rules *mapping.Rules, files int) *profile {
	return &profile{
		rules: rules, files: make([]fileCounts, files), times: newTimes(), names: newTotals(), free: make(chan *share, 256),
	}
}

// Reset makes the profile empty again.
func (p *profile) Reset() { *p = *newProfile(p.rules, len(p.files)) }

// Share returns an empty share for one chunk. Several goroutines may call it at once.
func (p *profile) Share() transfer.Share {
	select {
	case s := <-p.free:
		s.begin()
		return s
	default:
		return newShare(p.rules, &p.names)
	}
}

// Add adds the share of the next chunk to the profile, and keeps it for another chunk.
func (p *profile) Add(chunk transfer.ObservedChunk, counted transfer.Share) {
	s := counted.(*share)
	p.files[chunk.Source].add(&chunk, s.bad)
	p.times.take(&s.times)
	s.addTo(&p.names)
	select {
	case p.free <- s:
	default:
	}
}
