package cli

import (
	"slices"

	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/transfer"
)

// planner makes the plans and inputs of the jobs that a request amounts to, with the same flags for all of
// them.
type planner struct {
	p       *program
	request job.Request
	mapping *mappingOptions
	tmp     string // where to keep what does not fit into memory, empty for the system's directory
	made    *plan  // as of the request's own now, for all sources that were found; nil until it is needed
}

// newPlanner prepares the request of a command. made is the plan of the request, nil for a command that has
// to look for sources first.
func newPlanner(p *program, request job.Request, mapping *mappingOptions, tmp string, made *plan) *planner {
	m := &planner{p: p, request: request, mapping: mapping, tmp: tmp, made: made}
	m.request.Flags = m.flags
	return m
}

// forget lets the plan be made again when it is needed.
func (m *planner) forget() { m.made = nil }

// flags returns the flags that change what is sent.
func (m *planner) flags() (job.Flags, error) {
	if m.made == nil {
		plan, err := m.p.newPlan(m.request.Now, m.mapping, m.tmp, nil)
		if err != nil {
			return nil, err
		}
		m.made = plan
	}
	return sentFlags(m.p.ctx, m.mapping, m.made.persons)
}

// input is what a job reads by its plan. state is what earlier runs have sent, nil for nothing; resendsOld
// says that rows are sent of days of which the state has forgotten what was sent.
func (m *planner) input(j *job.Job, made *plan, state *ledger.Store, resendsOld bool) transfer.Input {
	read := made.read
	read.WrittenSince = j.WrittenSince()
	return transfer.Input{
		Sources: j.Sources, Found: j.Inputs, Incomplete: m.request.Incomplete,
		Persons: made.persons, Read: read, Team: made.team, Progress: m.p.newProgress(), Details: m.p.report.level(),
		Earlier: transfer.Earlier{
			State: state, Resumed: j.Resumed, Remember: j.SavesFirstPass(), OtherSources: j.MoreKnown,
			NameOf: job.NameOf, SkipsMore: j.SkipsMore, SaysWhatIsGone: j.Command == job.Sync,
			ResendOld: resendsOld, RetryRows: j.RetriesRows(), RetryMerges: j.RetriesMerges(), Merges: j.Merges,
		},
	}
}

// plan makes the plan for a job as of the job's own now. It protects the sources of the job from being
// overwritten.
func (m *planner) plan(j *job.Job) (*plan, error) {
	found := j.Inputs.Sources
	if j.Command == job.Retry {
		found = j.Sources
	}
	holds := j.HoldRecent && m.mapping.hold()
	if j.Now.Equal(m.request.Now) && !holds && m.made != nil {
		return m.made, m.p.protectSources(slices.Concat(found, m.made.persons))
	}
	plan, err := m.p.newPlan(j.Now, m.mapping, m.tmp, found)
	if err == nil && j.Now.Equal(m.request.Now) {
		m.made = plan
	}
	return plan, err
}
