package transfer

import (
	"context"
	"errors"
	"time"

	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// RunFirstPass reads all sources once. Close the result when all is sent. It returns an error when it could
// not read on; what is wrong with single sources is in FirstPass.Trouble. It returns a *ManyTeams when rows
// are of more than one team and the input picks none, and an *UnknownColumns when no source has a column that
// was named. When ctx is done it returns the cause.
func RunFirstPass(ctx context.Context, input Input, rules Rules) (*FirstPass, error) {
	return ObserveFirstPass(ctx, input, rules, nil)
}

// ObserveFirstPass is RunFirstPass with an observer, which counts what is in the sources; nil is none. With
// an observer several teams are no error.
func ObserveFirstPass(ctx context.Context, input Input, rules Rules, observer Observer) (*FirstPass, error) {
	started := time.Now()
	types, err := columnTypes(ctx, &input)
	if err != nil {
		return nil, err
	}
	first, err := readUntilSound(ctx, &input, &rules, types, observer)
	if err == nil {
		first.AddTime(time.Since(started))
	}
	return first, err
}

// readUntilSound reads everything again, without the damaged rows, if damage was noticed only after rows of
// it were used. It also reads everything again if cells were taken for numbers before another one of their
// column turned out to be text: cells about people, and with an observer any cells.
func readUntilSound(ctx context.Context, input *Input, rules *Rules, types *posthog.ColumnTypes, observer Observer) (*FirstPass, error) {
	var known []*posthog.SourceError
	for {
		first, err := readOnce(ctx, input, rules, &reading{types, known, observer})
		switch {
		case err != nil:
			return nil, err
		case doubtful(first.Trouble):
			known = damaged(input.Sources, known, first.Trouble)
			input.progress().Say("a damaged file was noticed only after rows of it were used: reading again without them")
		case first.misread:
			input.progress().Say("a column about people turned out to hold text: reading again, to treat it as text in every row")
		default:
			return first, nil
		}
		types.Assume()
		if observer != nil {
			observer.Reset()
		}
	}
}

// reading is what one reading of all sources takes over from those before it, and its observer.
type reading struct {
	types    *posthog.ColumnTypes
	damage   []*posthog.SourceError // of each source; nil for none
	observer Observer               // nil for none
}

// share returns an empty share for one chunk; nil without an observer.
func (r *reading) share() Share {
	if r.observer == nil {
		return nil
	}
	return r.observer.Share()
}

// readOnce reads persons and events. The result is closed already if everything is to be read again.
func readOnce(ctx context.Context, input *Input, rules *Rules, r *reading) (*FirstPass, error) {
	options, err := indexOptions(ctx, &input.Earlier, rules.Index)
	if err != nil {
		return nil, err
	}
	if input.Details != NoDetails {
		options.Largest = mostLargePeople
	}
	index := people.NewIndex(options)
	if err := readPersons(ctx, input, r.types, index); err != nil {
		return nil, errors.Join(err, index.Close())
	}
	first := newFirstPass(input, rules, r.types, index)
	if err := first.readAll(ctx, r); err != nil {
		return nil, errors.Join(err, first.Close())
	}
	if doubtful(first.Trouble) || first.misread {
		return first, first.Close()
	}
	return first, nil
}
