package inspect

import (
	"ph2cio/internal/export"
	"ph2cio/internal/mapping"
)

// profile is the profile of an export: what is in it, counted as the first reading reads it. The same export has the same
// profile, whatever the number of workers.
type profile struct {
	rules *mapping.Rules
	files []fileCounts // of each source
	times times
	names totals
	free  chan *share // to be used again
}

func newProfile(rules *mapping.Rules, files int) *profile {
	return &profile{
		rules: rules, files: make([]fileCounts, files), times: newTimes(), names: newTotals(), free: make(chan *share, 256),
	}
}

// Reset forgets all counts.
func (p *profile) Reset() { *p = *newProfile(p.rules, len(p.files)) }

// Share returns a share to count a chunk on. It may be called from several goroutines.
func (p *profile) Share() export.Share {
	select {
	case s := <-p.free:
		s.begin()
		return s
	default:
		return newShare(p.rules, &p.names)
	}
}

// Add takes the counts of the next chunk.
func (p *profile) Add(chunk export.ObservedChunk, counted export.Share) {
	s := counted.(*share)
	file := &p.files[chunk.Source]
	file.shape, file.codec = chunk.Shape, chunk.Codec
	file.rows += chunk.Rows
	file.bad += s.bad
	p.times.take(&s.times)
	s.addTo(&p.names)
	select {
	case p.free <- s:
	default:
	}
}
