package job

import "context"

// Decide decides about a request from what the ledger knows of earlier runs. The ledger is nil for a preview
// without a state. Decide returns the errors of the ledger, of Request.Flags and of ctx.
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
