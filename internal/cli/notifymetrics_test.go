package cli

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

const acornly = "../../testdata/exports/acornly_events.jsonl"

var (
	metricName  = regexp.MustCompile(`^ph2cio_[a-z0-9]+(_[a-z0-9]+)*$`)
	sampleLine  = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*",?)*)\} (\S+)$`)
	trailingSep = regexp.MustCompile(`,$`)
)

// parseMetrics reads the exposition format as strictly as it is written down, and returns the values by
// series, without the label name.
func parseMetrics(t *testing.T, text string) map[string]float64 {
	t.Helper()
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last line has no end")
	}
	values := map[string]float64{}
	helped, typed := map[string]bool{}, map[string]bool{}
	current := ""
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		if rest, ok := strings.CutPrefix(line, "# HELP "); ok {
			name, help, _ := strings.Cut(rest, " ")
			if helped[name] || !metricName.MatchString(name) || help == "" || strings.Contains(help, `\`) {
				t.Errorf("a bad line of help: %s", line)
			}
			helped[name], current = true, name
			continue
		}
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			if typed[current] || rest != current+" gauge" {
				t.Errorf("a bad type: %s", line)
			}
			typed[current] = true
			continue
		}
		parts := sampleLine.FindStringSubmatch(line)
		if parts == nil || parts[1] != current || !typed[current] || trailingSep.MatchString(parts[2]) {
			t.Errorf("a bad sample: %s", line)
			continue
		}
		value, err := strconv.ParseFloat(parts[3], 64)
		_, labels, _ := strings.Cut(parts[2]+",", `",`)
		series := current
		if labels = strings.TrimSuffix(labels, ","); labels != "" {
			series += "{" + labels + "}"
		}
		if _, twice := values[series]; twice || err != nil {
			t.Errorf("twice, or no number: %s", line)
		}
		values[series] = value
	}
	if len(values) < 20 {
		t.Errorf("only %d series:\n%s", len(values), text)
	}
	return values
}

func readMetrics(t *testing.T, path string) map[string]float64 {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return parseMetrics(t, string(text))
}

// startSandbox is a sandbox over a socket, and the settings to reach it.
func startSandbox(t *testing.T, faults sandbox.Faults) (*sandbox.Sandbox, map[string]string) {
	t.Helper()
	box := sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey, Faults: faults})
	server, err := box.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return box, map[string]string{"CUSTOMERIO_SITE_ID": canarySite, "CUSTOMERIO_API_KEY": canaryKey, "CUSTOMERIO_TRACK_URL": server.URL()}
}

func checkMetrics(t *testing.T, got map[string]float64, want map[string]float64) {
	t.Helper()
	for series, value := range want {
		if v, ok := got[series]; !ok || v != value {
			t.Errorf("%s is %v (%v), want %v", series, v, ok, value)
		}
	}
}

func TestMetricsSayHowTheRunWent(t *testing.T) {
	box, account := startSandbox(t, sandbox.Faults{
		Answers: []sandbox.Answer{{Next: 2, Status: 429}, {After: 3, Next: 1, Status: 503}},
		Refuse:  []sandbox.Refusal{{Match: "Order Completed", Always: true, Reason: "nope"}},
	})
	dir := t.TempDir()
	file := filepath.Join(dir, "nightly.prom")
	account["PH2CIO_METRICS_FILE"] = file
	began := time.Now()
	out := runProgram(t, account, "backfill", "--yes", "--quiet", "--batch-items", "2", "--rate", "100", acornly)
	if out.code != exit.Rejects {
		t.Fatalf("exit code %d\n%s", out.code, out.stderr)
	}
	got := readMetrics(t, file)
	stats := box.Stats()
	checkMetrics(t, got, map[string]float64{
		"ph2cio_last_run_exit_code":                                       3,
		`ph2cio_last_run_rows{result="sent"}`:                             4,
		`ph2cio_last_run_rows{result="rejected"}`:                         1,
		`ph2cio_last_run_rows{result="duplicate"}`:                        1,
		`ph2cio_last_run_rows{result="person"}`:                           5,
		`ph2cio_last_run_rows{result="skipped"}`:                          4,
		`ph2cio_last_run_rows{result="unsent"}`:                           0,
		`ph2cio_last_run_people{result="sent"}`:                           3,
		`ph2cio_last_run_operations{action="identify",result="accepted"}`: 3,
		`ph2cio_last_run_operations{action="event",result="accepted"}`:    2,
		`ph2cio_last_run_operations{action="event",result="rejected"}`:    1,
		`ph2cio_last_run_operations{action="page",result="accepted"}`:     2,
		"ph2cio_last_run_retries":                                         3,
		"ph2cio_last_run_throttled_requests":                              2,
		"ph2cio_last_run_requests":                                        float64(stats.Requests - 1), // without that for the region
		"ph2cio_last_run_request_bytes":                                   float64(stats.Bytes),
		`ph2cio_last_run_info{command="backfill",version="` + version("0123456").Version + `",workspace="1"}`: 1,
	})
	// The newest event of the sample is of 2026-03-09.
	if lag := got["ph2cio_lag_seconds"]; lag < time.Since(time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)).Seconds() {
		t.Errorf("the lag is %v", lag)
	}
	if at := got["ph2cio_last_run_timestamp_seconds"]; at < unixSeconds(began) || at > unixSeconds(time.Now()) {
		t.Errorf("it ended at %v", at)
	}
	if took := got["ph2cio_last_run_duration_seconds"]; took <= 0 || took > time.Since(began).Seconds() {
		t.Errorf("it took %v", took)
	}
	if _, ok := got[lastSuccessMetric]; ok {
		t.Error("a run with rejects was a success")
	}
	if text, _ := os.ReadFile(file); strings.Count(string(text), `{name="nightly"`) != len(got) {
		t.Errorf("not every series is named:\n%s", text)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("it left %v", left)
	}
}

// The time of the last success outlives runs that fail, at whatever stage.
func TestTheLastSuccessCarriesOver(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{})
	file := filepath.Join(t.TempDir(), "ph2cio.prom")
	run := func(environment map[string]string, code int, args ...string) map[string]float64 {
		t.Helper()
		args = append([]string{"backfill", "--yes", "--quiet", "--metrics-file", file}, args...)
		if out := runProgram(t, environment, args...); out.code != code {
			t.Errorf("%v: exit code %d, want %d\n%s", args, out.code, code, out.stderr)
		}
		got := readMetrics(t, file)
		if text, _ := os.ReadFile(file); strings.Contains(string(text), `workspace=""`) {
			t.Errorf("%v: the workspace is not known, and something is said of it: %s", args, text)
		}
		checkMetrics(t, got, map[string]float64{"ph2cio_last_run_exit_code": float64(code)})
		return got
	}
	if got := run(nil, exit.Credentials, acornly); got[lastSuccessMetric] != 0 {
		t.Errorf("a success before the first: %v", got)
	}
	done := run(account, exit.Done, acornly)
	succeeded := done[lastSuccessMetric]
	if succeeded == 0 || succeeded != done["ph2cio_last_run_timestamp_seconds"] {
		t.Errorf("the success is at %v", succeeded)
	}
	wrong := map[string]string{"PH2CIO_RATE": "fast"}
	for name, got := range map[string]map[string]float64{
		"credentials": run(nil, exit.Credentials, acornly),
		"usage":       run(account, exit.Usage, "--rate", "0", acornly),
		"settings":    run(wrong, exit.Usage, acornly),
		"no settings": run(account, exit.Usage, "--env-file", "no/such", acornly),
		"no file":     run(account, exit.Input, "no-such.jsonl"),
	} {
		if got[lastSuccessMetric] != succeeded || got["ph2cio_last_run_timestamp_seconds"] <= succeeded {
			t.Errorf("%s: the success is at %v, was at %v", name, got[lastSuccessMetric], succeeded)
		}
		if _, has := got["ph2cio_lag_seconds"]; has {
			t.Errorf("%s: a lag, though the state was not looked at", name)
		}
		checkMetrics(t, got, map[string]float64{`ph2cio_last_run_rows{result="sent"}`: 0, "ph2cio_last_run_requests": 0})
	}
	write(t, file, "# HELP ph2cio_last_run_info What ran last.\nnot metrics at all\n"+lastSuccessMetric+"{name=\"x\"} soon\n")
	if got := run(nil, exit.Credentials, acornly); got[lastSuccessMetric] != 0 {
		t.Errorf("a success out of nothing: %v", got[lastSuccessMetric])
	}
}

func TestAMetricsFileThatCannotBeWrittenIsRefusedFirst(t *testing.T) {
	box, account := startSandbox(t, sandbox.Faults{})
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link.prom")
	write(t, target, "mine\n")
	files := []string{dir, filepath.Join(dir, "no", "such.prom"), filepath.Join(target, "x.prom")}
	if err := os.Symlink(target, link); err == nil {
		files = append(files, link)
	}
	for _, file := range files {
		out := runProgram(t, account, "backfill", "--yes", "--metrics-file", file, acornly)
		if out.code != exit.Usage || !strings.Contains(out.stderr, "--metrics-file") || !strings.Contains(out.stderr, "hint: name a file") && !strings.Contains(out.stderr, "hint: name a regular file") {
			t.Errorf("%s: exit code %d\n%s", file, out.code, out.stderr)
		}
	}
	if n := box.Stats().Requests; n != 0 {
		t.Errorf("%d requests", n)
	}
	if text, _ := os.ReadFile(target); string(text) != "mine\n" {
		t.Errorf("what the link names was written: %q", text)
	}
	file := filepath.Join(dir, "dry.prom")
	if out := runProgram(t, account, "backfill", "--dry-run", "--metrics-file", file, acornly); out.code != exit.Done {
		t.Errorf("a dry run: exit code %d\n%s", out.code, out.stderr)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a dry run wrote metrics")
	}
}

// A file that turns into something else during the run costs a warning, not the run.
func TestMetricsThatCannotBeWrittenAreAWarning(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	p := newTestProgram(&said)
	w := &notifier{p: p, command: "backfill", began: time.Now()}
	if err := w.setMetricsFile(filepath.Join(dir, "x.prom")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	w.end(t.Context(), exit.Done)
	if !strings.Contains(said.String(), "\nwarning: --metrics-file: ") {
		t.Errorf("%q", said.String())
	}
}

func TestLabelsAreEscaped(t *testing.T) {
	m := &exposition{name: "a\\b\"c\nd\xff"}
	m.gauge("ph2cio_test", "Of a test.", sample{1.5, []string{"x", `"`}})
	want := "# HELP ph2cio_test Of a test.\n# TYPE ph2cio_test gauge\nph2cio_test{name=\"a\\\\b\\\"c\\nd\uFFFD\",x=\"\\\"\"} 1.5\n"
	if m.String() != want {
		t.Errorf("%q, want %q", m.String(), want)
	}
}
