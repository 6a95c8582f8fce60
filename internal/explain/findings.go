package explain

import (
	"bytes"
	"context"
	"slices"
	"time"

	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/transfer"
)

// mostNear is how many IDs that nearly are the one to explain are named.
const mostNear = 10

// findings are what the second pass finds out about the person.
type findings struct {
	who        *subject
	verdicts   map[uint64]people.Verdict // what became of each link, by the Ref of its row
	ids        *ids
	links      *links
	attributes *attributes
	counts     *rowCounts
	near       []string // IDs that somebody may have meant
}

func newFindings(who *subject, verdicts map[uint64]people.Verdict, history *people.History, counts *rowCounts) *findings {
	ids := newIDs()
	return &findings{
		who: who, verdicts: verdicts, ids: ids, links: newLinks(who, ids), attributes: newAttributes(history), counts: counts,
	}
}

// read reads all rows a second time.
func (f *findings) read(ctx context.Context, reader *transfer.Rereader) error {
	for row, err := range reader.Rows(ctx) {
		if err != nil {
			return err
		}
		f.add(row)
	}
	return nil
}

// add takes what a row says about the person. A row that says nothing costs no memory.
func (f *findings) add(row transfer.RereadRow) {
	e, other := row.Event, row.Event.Linked()
	its := f.who.has(e.DistinctID)
	if !its {
		f.addNear(e.DistinctID)
	}
	if !its && (other == nil || !f.who.has(other)) {
		return
	}
	place := Row{File: row.File, Line: e.Line, Event: string(e.Name), Time: takenIn(e)}
	verdict, linked := f.verdicts[e.Ref]
	if linked {
		f.links.add(place, e, verdict)
	} else if other != nil {
		f.links.addImpossible(place, e)
	}
	if !its {
		return
	}
	f.counts.add(e)
	if string(e.Name) == "$groupidentify" {
		return
	}
	f.ids.addRow(place, e)
	f.attributes.add(place, e, verdict, linked)
}

// addNear notes an ID that differs from the one to explain only in case or in space around it.
func (f *findings) addNear(id []byte) {
	if len(f.near) == mostNear || len(id) >= 2*len(f.who.id)+64 {
		return
	}
	if bytes.EqualFold(bytes.TrimSpace(id), bytes.TrimSpace([]byte(f.who.id))) && !slices.Contains(f.near, string(id)) {
		f.near = append(f.near, string(id))
	}
}

// takenIn is when PostHog took a row in, which decides who is who; zero if the row has no time.
func takenIn(e *posthog.Event) time.Time {
	if at := e.TakenIn(); at.State == posthog.Known {
		return time.UnixMicro(at.Micros).UTC()
	}
	return time.Time{}
}
