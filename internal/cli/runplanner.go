package cli

import (
	"slices"

	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/transfer"
)

// planner makes the plans of the jobs that a request comes to, with the same flags for all of them.
type planner struct {
	p       *program
	request job.Request
	mapping *mappingOptions
	tmp     string         // where to keep what does not fit into memory, empty for the system's directory
	typed   *transfer.Plan // as of the request's own now, of all that was found; nil until it is made
}

// newPlanner prepares the request of a command. typed is its plan, nil for a command that has to look for
// sources first.
func newPlanner(p *program, request job.Request, mapping *mappingOptions, tmp string, typed *transfer.Plan) *planner {
	m := &planner{p: p, request: request, mapping: mapping, tmp: tmp, typed: typed}
	m.request.Flags = m.flags
	return m
}

// flags returns the flags that change what is sent.
func (m *planner) flags() (job.Flags, error) {
	if m.typed == nil {
		plan, err := m.p.planOf(m.request.Now, m.mapping, m.tmp, nil)
		if err != nil {
			return nil, err
		}
		m.typed = plan
	}
	return sentFlags(m.mapping.identity.flags, &m.mapping.identity, m.typed)
}

// planOf makes the plan of a job. state is what earlier runs have sent, nil for nothing.
func (m *planner) planOf(j *job.Job, state *ledger.Store) (*transfer.Plan, error) {
	made, err := m.at(j)
	if err != nil {
		return nil, err
	}
	plan := *made
	plan.Sources, plan.Inputs, plan.Incomplete, plan.Others = j.Sources, j.Inputs, m.request.Incomplete, j.MoreKnown
	plan.Read.WrittenSince = j.WrittenSince()
	plan.Names, plan.LeftOut = job.NameOf, j.SkipsMore
	plan.State, plan.Ledger, plan.Remember = state, j.Resumed, j.Remembers()
	plan.Retry, plan.RetryMerges, plan.Merges = j.RetriesRows(), j.RetriesMerges(), j.Merges
	return &plan, nil
}

// at makes the plan of a job's own now, and of the sources in whose place nothing may be written.
func (m *planner) at(j *job.Job) (*transfer.Plan, error) {
	found := j.Inputs.Sources
	if j.Command == job.Retry {
		found = j.Sources
	}
	holds := j.HoldRecent && m.mapping.recent != recentHold
	if holds {
		m.mapping.recent = recentHold
	}
	if j.Now.Equal(m.request.Now) && !holds && m.typed != nil {
		return m.typed, m.p.protectSources(slices.Concat(found, m.typed.Persons))
	}
	plan, err := m.p.planOf(j.Now, m.mapping, m.tmp, found)
	if err == nil && j.Now.Equal(m.request.Now) {
		m.typed = plan
	}
	return plan, err
}
