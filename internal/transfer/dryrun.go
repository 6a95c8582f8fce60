package transfer

import (
	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer/deliver"
)

// DryRun returns the plan of a run that reads the same sources by the same rules and sends nothing. It does not
// stop for rejects, and does not wait between phases. Rejects go to rejects; nil drops them. p must have no Ledger,
// and stays as it is.
func (p *Plan) DryRun(rejects deliver.Rejects) *Plan {
	dry := *p
	dry.Tally = &customerio.Tally{}
	dry.Sender = customerio.Counting(dry.Tally)
	dry.Rejects, dry.Operations = rejects, nil
	dry.MaxRejects, dry.Settle = MaxRejects{}, 0
	dry.Workers = p.workers()
	return &dry
}

// WithTrace returns the same plan, whose first pass tells trace what becomes of each row that says that
// two IDs are one person, by the row's Ref. p stays as it is.
func (p *Plan) WithTrace(trace func(ref uint64, verdict people.Verdict)) *Plan {
	traced := *p
	traced.Index.Trace = trace
	return &traced
}

// WithEmails returns the same plan, whose first pass lists the people with an email for which is returns
// true. is may be called from several goroutines at once. p stays as it is.
func (p *Plan) WithEmails(is func(email []byte) bool) *Plan {
	listing := *p
	listing.Choice.NamesEmail = is
	return &listing
}
