package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ph2cio/internal/escape"
	"ph2cio/internal/exit"
	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

// overdueHint says what to do about an export that stays incomplete.
const overdueHint = "download the missing files; if they exist nowhere any more, remove the manifest, and the next sync sends the files " +
	"that are there; --wait-for-files says how long a sync waits without failing"

// orOverdue returns how a sync ends that has come to its end with ended: with an error if files of an export
// have been missing for longer than --wait-for-files. Any other error of the sync comes first.
func (p *program) orOverdue(ctx context.Context, to *destination, o *syncOptions, incomplete []*source.Incomplete, ended error) error {
	if len(incomplete) == 0 || ended != nil && !isFinished(ended) {
		return ended
	}
	now := time.Now()
	late, err := to.overdue(ctx, incomplete, now.Add(-o.waitForFiles))
	if err != nil || len(late) == 0 {
		return errors.Join(ended, err)
	}
	var errs []error
	for _, one := range late {
		errs = append(errs, errors.New(overdueText(one, now)))
	}
	return &problem{err: errors.Join(errs...), code: exit.Input, hint: overdueHint}
}

// overdueText says how long which files of an export have been missing.
func overdueText(one *source.Incomplete, now time.Time) string {
	missing := int64(len(one.Missing))
	and := ""
	if missing > 1 {
		and = fmt.Sprintf(" and %d more", missing-1)
	}
	age := report.Age(int64(now.Sub(one.Since).Seconds()))
	return fmt.Sprintf("%s was written %s ago, and %d of the %s that it lists %s still missing: %s%s", one.Manifest, age, missing,
		report.Files(one.Files), report.PluralWord(missing, "is", "are"), escape.Quoted(one.Missing[0]), and)
}

// overdue returns the exports that were incomplete before a time and still are. It uses the ledger if there
// is one.
func (to *destination) overdue(ctx context.Context, incomplete []*source.Incomplete, before time.Time) ([]*source.Incomplete, error) {
	if to.ledger != nil {
		return job.Overdue(ctx, to.ledger, incomplete, before)
	}
	store, err := ledger.OpenReadOnly(ctx, to.state, mapping.IDScheme)
	if err != nil {
		return job.Overdue(ctx, nil, incomplete, before) // an unusable state was reported before
	}
	defer store.Close()
	return job.Overdue(ctx, store, incomplete, before)
}
