package job

import "context"

// Decide says what a request comes to, by what the ledger knows. The ledger is nil for a preview that knows
// of no run. An error is one of the ledger or of Request.Flags, or that ctx is done.
func Decide(ctx context.Context, r *Request, l Ledger) (Answer, error) {
	d := &decision{Request: r, ctx: ctx, ledger: l}
	var answer Answer
	var err error
	switch {
	case r.Preview && (l == nil || r.Command == Backfill):
		answer.Job = newJob(r, "")
	case r.Preview:
		answer, err = d.previewSync()
	case r.Command == Backfill:
		answer, err = d.backfill()
	case r.Command == Retry:
		answer, err = d.retry()
	default:
		answer, err = d.sync()
	}
	answer.Warnings = d.warnings
	return answer, err
}
