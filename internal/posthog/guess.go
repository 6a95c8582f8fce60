package posthog

import (
	"context"
	"errors"
	"strings"

	"ph2cio/internal/source"
)

// GuessTypes examines the beginnings of a few sources, so that a pass is seldom Misread. Its types are
// guesses; ColumnTypes.Assume or Fix sets those that follow from a whole pass.
func GuessTypes(ctx context.Context, types *ColumnTypes, sources []source.Source, options Options) {
	const most = 8 // sources
	options.Types, options.window = types, 256<<10
	options.Beginning, options.guesses = true, true
	for i := 0; i < len(sources); i += (len(sources) + most - 1) / most {
		if strings.HasSuffix(sources[i].Name, ".parquet") {
			continue // it has types of its own
		}
		if !guessTypes(ctx, sources[i], options) {
			break
		}
	}
	types.Assume()
}

// GuessPersonTypes is GuessTypes for persons exports.
func GuessPersonTypes(ctx context.Context, types *ColumnTypes, sources []source.Source, options Options) {
	options.persons = true
	GuessTypes(ctx, types, sources, options)
}

// guessTypes examines the beginning of a source. It returns false if its store cannot be read at all.
func guessTypes(ctx context.Context, input source.Source, options Options) bool {
	for c, err := range Read(ctx, []source.Source{input}, options) {
		if errors.Is(err, source.ErrUnavailable) {
			return false
		}
		if err != nil {
			continue
		}
		if len(c.layout.typed) > 0 {
			c.rows(func(*decoder, *RowError) bool { return true })
		}
		options.Types.Add(c.FoundCells())
		c.Release()
		return true
	}
	return true
}
