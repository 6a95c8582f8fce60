package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
	"ph2cio/internal/export"
	"ph2cio/internal/ledger"
)

// cronTopic is the help page of the flags for runs that nobody watches.
const cronTopic = "cron"

const (
	metricsFlag = "metrics-file"
	pingFlag    = "ping-url"
)

// addCronFlags adds the flags for runs that nobody watches. Every command that has them is watched: see program.begin.
func addCronFlags(f *pflag.FlagSet) {
	f.String(metricsFlag, "", "write metrics of the run for Prometheus (node_exporter reads *.prom)")
	describe(f, metricsFlag, unattended, "FILE", sendsSame, endingIn("prom"))
	f.String(pingFlag, "", "tell a monitor about start, success and failure; set PH2CIO_PING_URL to keep it out of process lists")
	describe(f, pingFlag, unattended, "URL", sendsSame)
}

// watch tells others how a run went, from its beginning to its exit code. Nil tells nobody.
type watch struct {
	p       *program
	command string
	began   time.Time
	metrics string // file
	ping    *pinger

	declined  bool              // somebody was asked and said no: nothing was done, well or not
	workspace string            // empty until it is known
	tally     *customerio.Tally // nil until something can be sent
	summary   *export.Summary   // nil until there is one
	newest    time.Time         // of all events that were sent; the zero time when none is known
}

// startWatching begins to watch a command if it asks for it. A dry run is a preview, and not watched.
func (p *program) startWatching(c *cobra.Command) error {
	w := &watch{p: p, command: c.Name(), began: time.Now()}
	if dry, err := c.Flags().GetBool("dry-run"); err == nil && dry {
		return nil
	}
	metrics, err := c.Flags().GetString(metricsFlag)
	if err != nil {
		return nil // a command without the flags
	}
	ping, err := c.Flags().GetString(pingFlag)
	if err != nil {
		return nil
	}
	p.watch = w
	return errors.Join(w.collect(metrics), w.report(ping))
}

// collect finds out before the run whether the file can be written after it.
func (w *watch) collect(metrics string) error {
	if metrics == "" {
		return nil
	}
	if err := w.p.checkMetricsFile(metrics); err != nil {
		return err
	}
	w.metrics = metrics
	return nil
}

// leaves makes the run end without its file of metrics, if that is the output.
func (w *watch) leaves(o output) {
	if w != nil && o.flag == metricsFlag {
		w.metrics = ""
	}
}

// decline notes that the person who was asked said no.
func (w *watch) decline() {
	if w != nil {
		w.declined = true
	}
}

// report tells the monitor of the start.
func (w *watch) report(address string) (err error) {
	if address == "" {
		return nil
	}
	if w.ping, err = newPinger(address); err != nil {
		return err
	}
	w.ping.begin()
	return nil
}

// sends hears where the run sends to, and what counts it.
func (w *watch) sends(to *destination) {
	if w != nil {
		w.workspace, w.tally = strconv.FormatInt(to.workspace.EnvironmentID, 10), to.tally
	}
}

// looksAt hears what a state knows before it is closed. It matters to nobody but the file of metrics, so that an error is none of
// the run's.
func (w *watch) looksAt(state *ledger.Store) {
	if w == nil || w.metrics == "" {
		return
	}
	if at, err := state.Newest(context.WithoutCancel(w.p.ctx), time.Now()); err == nil {
		w.newest = at
	}
}

// done hears what came of the run.
func (w *watch) done(s *export.Summary) {
	if w != nil {
		w.summary = s
	}
}

// end tells how the run ended, in a hurry when ctx is done. What goes wrong with that is a warning: the exit code is the
// run's own.
func (w *watch) end(ctx context.Context, code int) {
	if w == nil {
		return
	}
	ended := time.Now()
	w.line(code, ended.Sub(w.began))
	if w.declined {
		if w.ping != nil {
			_ = w.ping.end(ctx, exit.Failed, "not confirmed; nothing was sent") // somebody sits there, and knows
		}
		return
	}
	if w.metrics != "" {
		if err := w.writeMetrics(code, ended); err != nil {
			w.p.warn("--%s: %v; the metrics of this run were not written", metricsFlag, err)
		}
	}
	if w.ping != nil {
		if err := w.ping.end(ctx, code, outcomeText(code)); err != nil {
			w.p.warn("--%s: %v", pingFlag, strings.ReplaceAll(err.Error(), "\n", "; "))
		}
	}
}

// outcomeText says what an exit code means, on one line and without anything of the run itself: it goes to others.
func outcomeText(code int) string {
	if meaning := exit.Describe(code); meaning != "" {
		return fmt.Sprintf("exit code %d: %s", code, meaning)
	}
	return fmt.Sprintf("exit code %d", code)
}

// withoutPing is a command line without the URL of the monitor, which is a secret: for the state directory and for people.
func withoutPing(args []string) (rest []string) {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--":
			return append(rest, args[i:]...)
		case args[i] == "--"+pingFlag:
			i++ // its value
		case !strings.HasPrefix(args[i], "--"+pingFlag+"="):
			rest = append(rest, args[i])
		}
	}
	return rest
}
