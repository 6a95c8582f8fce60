package export

import "ph2cio/internal/customerio"

// DryRun returns the plan of a run that reads the same sources by the same rules and sends nothing. It does not stop for
// rejects, and does not wait between phases. Rejects go to rejects; nil drops them. p stays as it is.
func (p *Plan) DryRun(rejects Rejects) *Plan {
	dry := *p
	dry.Tally = &customerio.Tally{}
	dry.Sender = customerio.Counting(dry.Tally)
	dry.Rejects, dry.Operations = rejects, nil
	dry.MaxRejects, dry.Settle = MaxRejects{}, 0
	dry.Workers = p.workers()
	return &dry
}
