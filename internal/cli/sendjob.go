package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/transfer"
)

// sendJob is the purpose of the commands that send: it asks, sends what was read, and records how far that
// came.
type sendJob struct {
	p       *program
	to      *destination
	mapping *mappingOptions
	options *sendingOptions
}

func (s *sendJob) state() *ledger.Store { return s.to.ledger }

func (s *sendJob) equip(plan *transfer.Plan) error { return s.to.wire(s.p, plan, s.options) }

// typedNext is the command to type for what is left, empty if nothing is.
func (p *program) typedNext(then job.Then) string {
	switch then {
	case job.Again:
		return p.again()
	case job.Restart:
		return p.restart()
	case job.AgainWithOld:
		return p.again() + " --" + job.ResendOldFlag
	case job.RestartWithOld:
		return p.restart() + " --" + job.ResendOldFlag
	}
	return ""
}

// restart is the command line to type to plan from the start.
func (p *program) restart() string { return p.again() + " --" + restartFlag }

// broken reports whether the state directory itself is what failed.
func broken(err error) bool {
	_, ok := errors.AsType[*ledger.StateError](err)
	return ok
}

// forget removes the keys of events that are older than --dedup-window.
func (o *sendingOptions) forget(ctx context.Context, state *ledger.Store) error {
	if o.dedupWindow == 0 {
		return nil
	}
	return state.Forget(ctx, ledger.DayOf(time.Now())-int64(o.dedupWindow))
}

// errEnough ends a run that has sent for as long as --max-duration allows.
var errEnough = errors.New("stopped after the time that --max-duration allows")

// within is ctx for as long as may be sent.
func (o *sendingOptions) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.maxDuration == 0 {
		return ctx, func() {}
	}
	return context.WithDeadlineCause(ctx, time.Now().Add(o.maxDuration), errEnough)
}

// called is what a person knows the destination as.
func (to *destination) called() string {
	if to.sandbox != nil {
		return "the sandbox"
	}
	return fmt.Sprintf("workspace %d (%s, %s)", to.workspace.EnvironmentID, to.workspace.Region, to.base)
}
