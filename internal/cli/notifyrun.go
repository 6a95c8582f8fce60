package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/exit"
)

// startNotifier begins to watch a command that has the flags for it, and is nil for any other one. A dry run
// and a retry that only closes rejects are not watched: they send nothing, and the metrics and the monitor
// stay with the last run that did. After an error the notifier can still report what became of the run.
func (p *program) startNotifier(c *cobra.Command) (*notifier, error) {
	if dry, err := c.Flags().GetBool("dry-run"); err == nil && dry || c.Flags().Changed(dismissFlag) {
		return nil, nil
	}
	metrics, err := c.Flags().GetString(metricsFlag)
	if err != nil {
		return nil, nil // a command without the flags
	}
	ping, err := c.Flags().GetString(pingFlag)
	if err != nil {
		return nil, nil
	}
	w := &notifier{p: p, command: c.Name(), began: time.Now()}
	return w, errors.Join(w.setMetricsFile(metrics), w.startPing(ping))
}

// end reports how the run ended, quickly once ctx is done. Problems with that are warnings: the exit code is
// that of the run.
func (w *notifier) end(ctx context.Context, code int) {
	if w == nil {
		return
	}
	ended := time.Now()
	w.writeLine(code, ended.Sub(w.began))
	if w.declined {
		if w.ping != nil {
			_ = w.ping.end(ctx, exit.Failed, "not confirmed; nothing was sent") // whoever said no knows
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

// outcomeText says in one line what an exit code means. It goes to others, and holds nothing of the run
// itself.
func outcomeText(code int) string {
	if meaning := exit.Describe(code); meaning != "" {
		return fmt.Sprintf("exit code %d: %s", code, meaning)
	}
	return fmt.Sprintf("exit code %d", code)
}

// writeMetrics replaces the file of metrics. All are gauges of the last run, as recommended for batch jobs
// (prometheus.io/docs/practices/instrumentation), because a counter would start again with each run.
func (w *notifier) writeMetrics(code int, ended time.Time) error {
	succeeded := unixSeconds(ended)
	if code != exit.Done {
		succeeded = readLastSuccess(w.metrics, ended)
	}
	m := &exposition{name: strings.TrimSuffix(filepath.Base(w.metrics), ".prom")}
	labels := []string{"command", w.command, "version", version(w.p.env.Commit).Version}
	if w.workspace != "" { // empty if the run ended before it knew it
		labels = append(labels, "workspace", w.workspace)
	}
	m.gauge("ph2cio_last_run_info", "What ran last.", sample{1, labels})
	m.gauge("ph2cio_last_run_timestamp_seconds", "When the last run ended, in unix seconds.", sample{value: unixSeconds(ended)})
	if succeeded > 0 {
		m.gauge(lastSuccessMetric, "When the last run with exit code 0 ended, in unix seconds.", sample{value: succeeded})
	}
	m.gauge("ph2cio_last_run_exit_code", "Exit code of the last run.", sample{value: float64(code)})
	m.gauge("ph2cio_last_run_duration_seconds", "How long the last run took.", sample{value: ended.Sub(w.began).Seconds()})
	if !w.newest.IsZero() && !w.newest.After(ended) { // a clock may have been set back meanwhile
		m.gauge("ph2cio_lag_seconds", "From the newest event that was ever sent to the end of the last run.", sample{value: ended.Sub(w.newest).Seconds()})
	}
	w.sendingMetrics(m)
	return w.p.replaceMetrics(w.metrics, m.Bytes())
}

// setMetricsFile checks before the run that the file can be written after it.
func (w *notifier) setMetricsFile(metrics string) error {
	if metrics == "" {
		return nil
	}
	if err := w.p.checkMetricsFile(metrics); err != nil {
		return err
	}
	w.metrics = metrics
	return nil
}

// startPing tells the monitor that the run has started.
func (w *notifier) startPing(address string) (err error) {
	if address == "" {
		return nil
	}
	if w.ping, err = newPinger(address); err != nil {
		return err
	}
	w.ping.begin()
	return nil
}
