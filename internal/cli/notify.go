package cli

import (
	"context"
	"strconv"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/transfer"
)

// notifier tells others how a run went: in a line of a log, a file of metrics, or a ping. A nil notifier
// tells nobody.
type notifier struct {
	p       *program
	command string
	began   time.Time
	metrics string // file
	ping    *pinger

	declined  bool              // somebody was asked and said no, so that nothing was done
	workspace string            // empty until it is known
	tally     *customerio.Tally // nil until something can be sent
	summary   *transfer.Summary // nil until there is one
	newest    time.Time         // of all events that were sent; the zero time when none is known
}

// skipOutput makes the run write no metrics, if the output is their file.
func (w *notifier) skipOutput(o output) {
	if w != nil && o.flag == metricsFlag {
		w.metrics = ""
	}
}

// decline notes that the person who was asked said no.
func (w *notifier) decline() {
	if w != nil {
		w.declined = true
	}
}

// readNewest reads the time of the newest event that was sent from a state. Only the metrics file uses it, so
// errors are ignored.
func (w *notifier) readNewest(state *ledger.Store) {
	if w == nil || w.metrics == "" {
		return
	}
	if at, err := state.Newest(context.WithoutCancel(w.p.ctx), w.p.now()); err == nil {
		w.newest = at
	}
}

// sendsTo notes where the run sends to, and what counts it.
func (w *notifier) sendsTo(environmentID int64, tally *customerio.Tally) {
	if w != nil {
		w.workspace, w.tally = strconv.FormatInt(environmentID, 10), tally
	}
}

// setSummary notes what became of the run.
func (w *notifier) setSummary(s *transfer.Summary) {
	if w != nil {
		w.summary = s
	}
}
