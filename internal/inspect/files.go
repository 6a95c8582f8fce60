package inspect

import (
	"ph2cio/internal/posthog"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
)

// fileCounts is what the profile of an export counts in one file.
type fileCounts struct {
	shape, codec string
	rows, bad    int64
}

// add counts the rows of a chunk, so many of which are bad.
func (c *fileCounts) add(chunk *transfer.ObservedChunk, bad int64) {
	c.shape, c.codec = chunk.Shape, chunk.Codec
	c.rows += chunk.Rows
	c.bad += bad
}

// fileResults lists the sources, with what was counted in each and what the first pass found about it.
func fileResults(sources []source.Source, counts []fileCounts, first *transfer.FirstPass) []File {
	all := []File{}
	for i, s := range sources {
		all = append(all, fileResult(s, counts[i], first))
	}
	return all
}

func fileResult(s source.Source, counts fileCounts, first *transfer.FirstPass) File {
	state, trouble, hint := FileGood, "", ""
	for _, t := range first.Trouble {
		if t.Path == s.Name {
			state, trouble, hint = fileState(t.Kind), t.Err.Error(), t.Advice
		}
	}
	var notes []string
	for _, warning := range first.Warnings {
		if warning.Path != s.Name {
			continue
		}
		note := warning.Err.Error()
		if warning.Persons {
			note += ": " + warning.Advice
		}
		notes = append(notes, note)
	}
	return File{
		Path: s.Name, Bytes: s.Size, Shape: counts.shape, Codec: counts.codec, Rows: counts.rows, BadRows: counts.bad,
		State: state, Trouble: trouble, Hint: hint, Notes: notes,
	}
}

func fileState(kind posthog.SourceTrouble) string {
	switch kind {
	case posthog.Gone:
		return FileMissing
	case posthog.Refused:
		return FileRefused
	case posthog.Changed:
		return FileChanged
	}
	return FileDamaged
}
