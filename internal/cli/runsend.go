package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/progress"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// sendJob is the purpose of the commands that send: it asks, sends what was read, and records how far that
// came.
type sendJob struct {
	p       *program
	to      *destination
	mapping *mappingOptions
	options *sendingOptions

	maxRejects transfer.MaxRejects
}

func newSendJob(p *program, to *destination, mapping *mappingOptions, o *sendingOptions) (*sendJob, error) {
	limit, err := parseMaxRejects(o.maxRejects)
	if err != nil {
		return nil, usage(err)
	}
	return &sendJob{p: p, to: to, mapping: mapping, options: o, maxRejects: limit}, nil
}

func (s *sendJob) state() *ledger.Store { return s.to.ledger }

func (s *sendJob) resendsOld() bool { return s.options.resendOld }

func (s *sendJob) prepare() error { return nil }

// delivery says how a run is sent. confirmed is false for a run that had nothing to send, so that nobody was
// asked: it fails if there is something after all.
func (s *sendJob) delivery(run *ledger.Run, pace *customerio.Pace, confirmed bool) transfer.Delivery {
	var sender customerio.Sender = unconfirmed{}
	if confirmed {
		bar := s.p.newProgress()
		sender = s.to.sender(pace, s.p.requests, s.p.waiting(bar))
		bar.Watch(func() *progress.Trouble { return troubleWith(s.p.requests, pace, s.options.rate) })
	}
	return transfer.Delivery{
		Options: deliver.Options{Sender: sender, InFlight: pace.InFlight, BatchItems: s.options.batchItems, Grace: grace, Now: s.p.now},
		Tally:   s.to.tally, Ledger: run, MaxRejects: s.maxRejects, Settle: s.to.settle(s.options), ListProfiles: s.p.profiles.isWanted(),
	}
}

// nextCommand is the command to type for what is left, empty if nothing is.
func (p *program) nextCommand(then job.Then) string {
	switch then {
	case job.Again:
		return p.resumeCommand()
	case job.Restart:
		return p.restartCommand()
	case job.AgainWithOld:
		return p.resumeCommand() + " --" + job.ResendOldFlag
	case job.RestartWithOld:
		return p.restartCommand() + " --" + job.ResendOldFlag
	}
	return ""
}

// restartCommand is the command line to type to plan from the start.
func (p *program) restartCommand() string { return p.resumeCommand() + " --" + terminal.RestartFlag }

// isStateError reports whether the state itself is what failed.
func isStateError(err error) bool {
	_, ok := errors.AsType[*ledger.StateError](err)
	return ok
}

// forget removes the keys of events that are older than --dedup-window at now.
func (o *sendingOptions) forget(ctx context.Context, state *ledger.Store, now time.Time) error {
	if o.dedupWindow == 0 {
		return nil
	}
	return state.Forget(ctx, ledger.DayOf(now)-int64(o.dedupWindow))
}

// errMaxDuration ends a run that has sent for as long as --max-duration allows.
var errMaxDuration = errors.New("stopped after the time that --max-duration allows")

// withMaxDuration is ctx, limited to the time in which a run may send.
func (o *sendingOptions) withMaxDuration(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.maxDuration == 0 {
		return ctx, func() {}
	}
	return context.WithDeadlineCause(ctx, time.Now().Add(o.maxDuration), errMaxDuration)
}

// planName is name with a word for those who fear to send something.
func (to *destination) planName() string {
	if to.sandbox != nil {
		return "a sandbox in memory, not Customer.io"
	}
	return to.name()
}

// name is what people call the destination.
func (to *destination) name() string {
	if to.sandbox != nil {
		return "the sandbox"
	}
	return fmt.Sprintf("workspace %d (%s, %s)", to.workspace.EnvironmentID, to.workspace.Region, to.base)
}
