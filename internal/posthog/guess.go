package posthog

import (
	"context"

	"ph2cio/internal/source"
)

// Guess looks at the beginnings of a few of the sources, so that a reading seldom turns out to be Misread. Nothing is
// known by it: Assume or Settle says what a whole reading has found.
func (t *ColumnTypes) Guess(ctx context.Context, sources []source.Source, options Options) {
	const most = 8 // sources
	options.Types, options.window = t, 256<<10
	for i := 0; i < len(sources); i += (len(sources) + most - 1) / most {
		t.guess(ctx, sources[i], options)
	}
	t.Assume()
}

// GuessPersons is Guess for persons exports.
func (t *ColumnTypes) GuessPersons(ctx context.Context, sources []source.Source, options Options) {
	options.persons = true
	t.Guess(ctx, sources, options)
}

func (t *ColumnTypes) guess(ctx context.Context, input source.Source, options Options) {
	for c, err := range Read(ctx, []source.Source{input}, options) {
		if err != nil {
			continue
		}
		if len(c.layout.cells) > 0 && options.persons {
			c.persons(func(*PersonRow, error) bool { return true })
		} else if len(c.layout.cells) > 0 {
			for range c.Events() {
			}
		}
		t.Add(c.FoundCells())
		c.Release()
		return
	}
}
