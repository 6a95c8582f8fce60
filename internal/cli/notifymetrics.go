package cli

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/regularfile"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// lastSuccessMetric is the one metric that carries over from an earlier run.
const lastSuccessMetric = "ph2cio_last_success_timestamp_seconds"

// sendingMetrics writes what was read and sent. Everything is 0 if the run ended before it sent anything.
func (w *notifier) sendingMetrics(m *exposition) {
	s := w.summary
	if s == nil {
		s = &transfer.Summary{}
	}
	r := s.Rows
	m.gauge("ph2cio_last_run_rows", "Rows of exports by where they ended; together all that were read.",
		by("result", "sent", r.Sent), by("result", "person", r.Person), by("result", "duplicate", r.Duplicate),
		by("result", "earlier", r.Earlier), by("result", "unsent", r.Unsent),
		by("result", "skipped", deliver.Sum(r.Skipped)), by("result", "rejected", deliver.Sum(r.Rejected)))
	m.gauge("ph2cio_last_run_people", "People by what became of them.",
		by("result", "sent", s.People.Sent), by("result", "earlier", s.People.Earlier), by("result", "rejected", deliver.Sum(s.People.Rejected)))
	var operations []sample
	for _, action := range terminal.Actions {
		for _, of := range []struct {
			result string
			counts map[string]int64
		}{{"accepted", s.Accepted}, {"rejected", s.Refused}, {"unsent", s.Unsent}} {
			operations = append(operations, sample{float64(of.counts[action]), []string{"action", action, "result", of.result}})
		}
	}
	m.gauge("ph2cio_last_run_operations", "Operations by action and answer.", operations...)
	var throttled int64
	if w.tally != nil {
		throttled = w.tally.Throttled.Load()
	}
	m.gauge("ph2cio_last_run_requests", "Requests with operations, tries again among them.", sample{value: float64(s.Requests)})
	m.gauge("ph2cio_last_run_retries", "Requests that were sent again.", sample{value: float64(s.Retries)})
	m.gauge("ph2cio_last_run_throttled_requests", "Requests that were answered 429.", sample{value: float64(throttled)})
	m.gauge("ph2cio_last_run_request_bytes", "Bytes of all request bodies.", sample{value: float64(s.Bytes)})
}

func unixSeconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func by(label, value string, n int64) sample { return sample{float64(n), []string{label, value}} }

// exposition builds text in Prometheus's exposition format, version 0.0.4
// (prometheus.io/docs/instrumenting/exposition_formats). Every sample has the label name, so that the files
// of several jobs on one machine have no series in common.
type exposition struct {
	bytes.Buffer
	name string
}

// sample is a value with its labels, whose names and values alternate.
type sample struct {
	value  float64
	labels []string
}

// gauge writes one metric with all its samples.
func (e *exposition) gauge(metric, help string, samples ...sample) {
	fmt.Fprintf(e, "# HELP %s %s\n# TYPE %s gauge\n", metric, help, metric)
	for _, s := range samples {
		fmt.Fprintf(e, `%s{name="%s"`, metric, escapeLabel(e.name))
		for i := 0; i+1 < len(s.labels); i += 2 {
			fmt.Fprintf(e, `,%s="%s"`, s.labels[i], escapeLabel(s.labels[i+1]))
		}
		fmt.Fprintf(e, "} %s\n", strconv.FormatFloat(s.value, 'f', -1, 64))
	}
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// escapeLabel also escapes what a terminal would not show. Prometheus cannot express that, so the escape
// becomes part of the value.
func escapeLabel(value string) string {
	return labelEscapes.Replace(terminal.Plain(strings.ToValidUTF8(value, "\uFFFD")))
}

// maxMetricsFile is how much of the file of an earlier run is read, in bytes.
const maxMetricsFile = 1 << 20

// readLastSuccess reads the time of the last success, in unix seconds, from the file of an earlier run. It is
// 0 if there is none or if it cannot be read, and also if it is later than now: a clock was ahead, and an
// alert on its age would stay silent until then.
func readLastSuccess(path string, now time.Time) float64 {
	file, err := regularfile.Open(path)
	if err != nil {
		return 0
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxMetricsFile))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, lastSuccessMetric+"{") {
			continue
		}
		line = strings.TrimSpace(line)
		if at, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64); err == nil && at > 0 && at <= unixSeconds(now) {
			return at
		}
	}
	return 0
}

// metricsOutput is the file of metrics as an output.
func metricsOutput(path string) output { return output{flag: metricsFlag, path: path} }

// checkMetricsFile refuses a file of metrics that must not be written, or that could not be written at the
// end.
func (p *program) checkMetricsFile(path string) error {
	return p.checkReplaced(metricsOutput(path),
		"name a file in an existing directory that you can write to, such as node_exporter's --collector.textfile.directory")
}

// replaceMetrics replaces the file of metrics. Everybody may read it, since whoever collects metrics is another
// user.
func (p *program) replaceMetrics(path string, text []byte) error {
	return p.replaceOutput(metricsOutput(path), 0o644, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
