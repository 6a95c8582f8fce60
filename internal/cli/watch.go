package cli

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/customerio"
	"ph2cio/internal/export"
)

// cronTopic is the help page of the flags for runs that nobody watches.
const cronTopic = "cron"

const metricsFlag = "metrics-file"

// addCronFlags adds the flags for runs that nobody watches. Every command that has them is watched: see program.begin.
func addCronFlags(f *pflag.FlagSet) {
	f.String(metricsFlag, "", "write how the run went to this `file` for Prometheus (node_exporter reads *.prom)")
	annotate(f, cronTopic, metricsFlag)
}

// watch tells others how a run went, from its beginning to its exit code. Nil tells nobody.
type watch struct {
	p       *program
	command string
	began   time.Time
	metrics string // file

	workspace string            // empty until it is known
	tally     *customerio.Tally // nil until something can be sent
	summary   *export.Summary   // nil until there is one
}

// startWatching begins to watch a command if it asks for it. A dry run is a preview, and not watched.
func (p *program) startWatching(c *cobra.Command) error {
	w := &watch{p: p, command: c.Name(), began: time.Now()}
	if dry, err := c.Flags().GetBool("dry-run"); err != nil || dry {
		return nil
	}
	var err error
	if w.metrics, err = c.Flags().GetString(metricsFlag); err != nil {
		return nil // a command without the flags
	}
	p.watch = w
	return w.check()
}

// check finds out before the run what would be found out only after it. What is wrong is not used.
func (w *watch) check() error {
	if w.metrics == "" {
		return nil
	}
	err := checkMetricsFile(w.metrics)
	if err != nil {
		w.metrics = ""
	}
	return err
}

// sends hears where the run sends to, and what counts it.
func (w *watch) sends(to *destination) {
	if w != nil {
		w.workspace, w.tally = strconv.FormatInt(to.workspace.EnvironmentID, 10), to.tally
	}
}

// done hears what came of the run.
func (w *watch) done(s *export.Summary) {
	if w != nil {
		w.summary = s
	}
}

// end tells how the run ended. What goes wrong with that is a warning: the exit code is the run's own.
func (w *watch) end(code int) {
	if w == nil {
		return
	}
	ended := time.Now()
	if w.metrics != "" {
		if err := w.writeMetrics(code, ended); err != nil {
			w.p.warn("--%s: %v; how the run went is not in it", metricsFlag, err)
		}
	}
}
