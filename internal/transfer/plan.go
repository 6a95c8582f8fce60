package transfer

import (
	"runtime"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer/deliver"
)

// Plan is what to do. Sources, Rules, Sender, Tally and Now must be set.
type Plan struct {
	Sources []source.Source
	Read    posthog.Options  // how to read them; Until is set by the run
	Inputs  *source.Snapshot // what was found when the run began, Sources among it; nil is none
	Persons []source.Source  // persons exports, read before all else; Index.Persons must be set with them
	Team    int64            // rows of any other team_id are skipped; 0 takes one team only, whichever it is
	Rules   *mapping.Rules
	Choice  people.Choice
	Index   people.Options

	Sender     customerio.Sender
	Tally      *customerio.Tally // what Sender and those around it count
	InFlight   func() int        // how many requests may be under way now; nil is one
	BatchItems int               // operations in one batch at most; 0 is no limit but bytes
	Settle     time.Duration
	Grace      time.Duration // how long requests under way may go on after an interruption
	MaxRejects MaxRejects
	Now        time.Time // the run's own now

	Others bool // earlier runs have read sources that are not among Sources

	// IdentifiersMayMeet says that two people may have the same identifier, because a template makes it. Only the first
	// of them gets an identify then.
	IdentifiersMayMeet bool

	Incomplete []*source.Incomplete // exports of which files are missing, for the summary

	Progress    Progress                           // nil shows nothing
	State       *ledger.Store                      // what earlier runs have sent; nil knows of none
	Names       func(string) string                // what State calls the source of a path; nil is Absolute
	LeftOut     func(flags string) map[string]bool // the reasons for which this run leaves out rows that one with those flags did not; nil is none
	Remember    bool                               // what is learnt is for later runs, by FirstPass.Restorable
	Retry       bool                               // what earlier runs have rejected is tried again
	Merges      []ledger.Merge                     // to be sent beside those that people ask for
	RetryMerges bool                               // so are merges
	ResendOld   bool                               // rows of days of which State has forgotten what was sent are sent
	Rejects     deliver.Rejects                    // where rejected rows go when there is no Ledger
	Ledger      *ledger.Run                        // what is saved as it is sent, and where an earlier run stopped; nil saves nothing. To be set before Learn if it goes on
	Operations  func(customerio.Operation) error   // sees every operation in sending order, and borrows it; nil for none
	mostTail    int                                // mostTail if 0; for tests
	Workers     int                                // goroutines that decode and map; 0 is one for each core
}

// resumedID is the run that this one goes on with, 0 for none.
func (p *Plan) resumedID() int64 {
	if p.Ledger == nil {
		return 0
	}
	return p.Ledger.ID
}

func (p *Plan) nameOf(path string) string {
	if p.Names == nil {
		return source.Absolute(path)
	}
	return p.Names(path)
}

func (p *Plan) skipsMore(flags string) map[string]bool {
	if p.LeftOut == nil {
		return nil
	}
	return p.LeftOut(flags)
}

func (p *Plan) workers() int {
	if p.Workers > 0 {
		return p.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (p *Plan) progress() Progress {
	if p.Progress == nil {
		return silent{}
	}
	return p.Progress
}
