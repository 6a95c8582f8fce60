package posthog

import (
	"context"

	"ph2cio/internal/source"
)

// GuessTypes looks at the beginnings of a few of the sources, so that a reading seldom turns out to be Misread. Nothing is
// known by it: ColumnTypes.Assume or Settle says what a whole reading has found.
func GuessTypes(ctx context.Context, types *ColumnTypes, sources []source.Source, options Options) {
	const most = 8 // sources
	options.Types, options.window = types, 256<<10
	for i := 0; i < len(sources); i += (len(sources) + most - 1) / most {
		guessTypes(ctx, sources[i], options)
	}
	types.Assume()
}

// GuessPersonTypes is GuessTypes for persons exports.
func GuessPersonTypes(ctx context.Context, types *ColumnTypes, sources []source.Source, options Options) {
	options.persons = true
	GuessTypes(ctx, types, sources, options)
}

func guessTypes(ctx context.Context, input source.Source, options Options) {
	for c, err := range Read(ctx, []source.Source{input}, options) {
		if err != nil {
			continue
		}
		if len(c.layout.typed) > 0 {
			c.rows(func(*decoder, *RowError) bool { return true })
		}
		options.Types.Add(c.FoundCells())
		c.Release()
		return
	}
}
