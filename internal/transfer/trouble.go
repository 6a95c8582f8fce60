package transfer

import (
	"errors"
	"slices"

	"ph2cio/internal/posthog"
	"ph2cio/internal/source"
)

// doubtful reports whether rows were used of a source that turned out to be damaged before them.
func doubtful(trouble []*posthog.SourceError) bool {
	return slices.ContainsFunc(trouble, func(t *posthog.SourceError) bool { return t.Doubtful })
}

// damaged returns the damage of each source, nil for a source without, as posthog.Options.Known takes it:
// what was known before, and the trouble of the last reading.
func damaged(sources []source.Source, known, trouble []*posthog.SourceError) []*posthog.SourceError {
	all := make([]*posthog.SourceError, len(sources))
	copy(all, known)
	for _, t := range trouble {
		for i, source := range sources {
			if t.Kind == posthog.Damaged && t.Path == source.Name {
				all[i] = t
			}
		}
	}
	return all
}

// hadTrouble reports whether the first pass had the same trouble with a source. Damage is the same only if
// the source ended where the first pass came to, which the reader sees to. A source that is gone or has
// changed never is: the second pass reads only what the first has read, and now lacks some of it.
func hadTrouble(before []*posthog.SourceError, trouble *posthog.SourceError) bool {
	return trouble.Kind != posthog.Gone && trouble.Kind != posthog.Changed && slices.ContainsFunc(before, func(known *posthog.SourceError) bool {
		return known.Path == trouble.Path && known.Kind == trouble.Kind
	})
}

// personsBeside takes out of trouble the exports of persons that were found beside events, and returns a
// warning for each: they hold nothing to send. If there is nothing but them, it takes none out.
func personsBeside(input *Input, trouble []*posthog.SourceError) (rest, warnings []*posthog.SourceError) {
	beside := map[string]bool{}
	for _, s := range input.Sources {
		beside[s.Name] = s.Beside
	}
	for _, t := range trouble {
		if !t.Persons || !beside[t.Path] {
			rest = append(rest, t)
			continue
		}
		warnings = append(warnings, &posthog.SourceError{
			Path: t.Path, Kind: posthog.Warning, Persons: true, Err: errors.New("the file is an export of persons and was left out"), Advice: t.Advice,
		})
	}
	if len(warnings) == len(input.Sources) && !input.OtherSources {
		return trouble, nil
	}
	return rest, warnings
}
