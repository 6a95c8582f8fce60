package cli

import (
	"errors"
	"fmt"
	"time"

	"ph2cio/internal/escape"
	"ph2cio/internal/exit"
	"ph2cio/internal/job"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

// overdueHint says what to do about an export that stays incomplete.
const overdueHint = "download the missing files; if they exist nowhere any more, remove the manifest, and the next sync sends the files " +
	"that are there; --wait-for-files says how long a sync waits without failing"

// orOverdue returns how a sync ends at now that has come to its end with ended: with an error if files of an export
// have been missing for longer than --wait-for-files. Any other error of the sync comes first.
func (o *syncOptions) orOverdue(now time.Time, incomplete []*source.Incomplete, ended error) error {
	if ended != nil && !isFinished(ended) {
		return ended
	}
	var errs []error
	for _, one := range job.Overdue(incomplete, now, o.waitForFiles) {
		errs = append(errs, errors.New(overdueText(one, now)))
	}
	if len(errs) == 0 {
		return ended
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
	written := "was written " + report.Age(int64(now.Sub(one.Since).Seconds())) + " ago"
	if one.Since.After(now) {
		written = "is dated " + report.Time(one.Since) + ", which is in the future"
	}
	return fmt.Sprintf("%s %s, and %d of the %s that it lists %s still missing: %s%s", one.Manifest, written, missing,
		report.Files(one.Files), report.PluralWord(missing, "is", "are"), escape.Quoted(one.Missing[0]), and)
}
