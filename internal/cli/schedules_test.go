package cli

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

// schedule is what runs the program at times: a command, and where its settings come from.
type schedule struct {
	where     string
	command   []string
	variables map[string]string // of its environment
	envFile   string            // whose lines are its environment, as systemd reads them
	secret    bool              // its environment is a secret's
}

// TestSchedulesInHelpRun takes the schedules out of `ph2cio help cron` as they are printed, reads each as
// what it is, and runs the commands in them, with all their flags, against a sandbox. A path stands for one
// below a directory of the test's own.
func TestSchedulesInHelpRun(t *testing.T) {
	page := runProgram(t, nil, "help", "cron").stdout
	var jobs []schedule
	jobs = append(jobs, crontabJobs(t, printedBlocks(page, "# /etc/cron.d/"))...)
	jobs = append(jobs, unitJobs(t, printedBlocks(page, "# /etc/systemd/"))...)
	jobs = append(jobs, cronJobs(t, printedBlocks(page, "apiVersion:"))...)
	if len(jobs) != 3 {
		t.Fatalf("%d jobs found, want one each of cron, systemd and Kubernetes: %+v", len(jobs), jobs)
	}
	for _, j := range jobs {
		t.Run(j.where, func(t *testing.T) { runScheduled(t, j) })
	}
}

func runScheduled(t *testing.T, j schedule) {
	box, account := startSandbox(t, sandbox.Faults{})
	root := t.TempDir()
	below := func(path string) string { return filepath.Join(root, filepath.FromSlash(path)) }
	args := slices.Clone(j.command[1:])
	if filepath.Base(j.command[0]) != "ph2cio" {
		t.Fatalf("it runs %q", j.command)
	}
	for i, arg := range args {
		if strings.HasPrefix(arg, "/") {
			args[i] = below(arg)
			if err := os.MkdirAll(filepath.Dir(args[i]), 0o700); err != nil {
				t.Fatal(err)
			}
		}
	}
	environment := map[string]string{}
	for name, value := range j.variables {
		environment[name] = below(value)
		if err := os.MkdirAll(filepath.Dir(environment[name]), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	setting := func(flag string) string { return cmp.Or(flagValue(args, flag), environment[variable(flag[2:])]) }
	source := args[len(args)-1]
	scratch := setting("--tmp")
	for _, dir := range []string{source, scratch} {
		if err := os.MkdirAll(cmp.Or(dir, root), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	export, err := os.ReadFile(acornly)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(source, "events.jsonl"), string(export))
	if j.secret || j.envFile != "" {
		maps.Copy(environment, account)
	}
	if file := setting("--env-file"); file != "" {
		write(t, file, settingsText(account))
	}
	if slices.Contains(args, "sync") {
		first := slices.Clone(args)
		first[slices.Index(first, "sync")] = backfillCommand
		if out := runProgram(t, environment, append(first, "--yes")...); out.code != exit.Done {
			t.Fatalf("the first backfill: exit code %d\n%s", out.code, out.stderr)
		}
	}
	out := runProgram(t, environment, args...)
	if out.code != exit.Done {
		t.Errorf("%q: exit code %d\n%s", args, out.code, out.stderr)
	}
	if slices.Contains(args, "--quiet") && out.stdout+out.stderr != "" {
		t.Errorf("quiet, and said %q %q", out.stdout, out.stderr)
	}
	if flagValue(args, "--log-format") == logJSON {
		parseRecords(t, out.stderr)
	}
	if file := setting("--metrics-file"); file != "" {
		checkMetrics(t, readMetrics(t, file), map[string]float64{"ph2cio_last_run_exit_code": 0})
	}
	if _, err := os.Stat(filepath.Join(setting("--state"), "state.db")); err != nil {
		t.Errorf("its state is not where it says: %v", err)
	}
	if stats := box.Stats(); stats.People != 3 || stats.EventsStored != 5 {
		t.Errorf("the sandbox holds %d people and %d events", stats.People, stats.EventsStored)
	}
}

func settingsText(settings map[string]string) (text string) {
	for name, value := range settings {
		text += name + "=" + value + "\n"
	}
	return text
}

func flagValue(args []string, flag string) string {
	if at := slices.Index(args, flag); at >= 0 && at+1 < len(args) {
		return args[at+1]
	}
	return ""
}

// printedBlocks are the indented parts of a help page that begin with some text, as somebody copies them:
// with their indentation.
func printedBlocks(page, begin string) (all []string) {
	for _, block := range regexp.MustCompile(`(?m)(?:^(?: .*)?\n)+`).FindAllString(page, -1) {
		if block = strings.Trim(block, "\n"); strings.HasPrefix(strings.TrimSpace(block), begin) {
			all = append(all, block+"\n")
		}
	}
	return all
}

// crontabJobs reads lines of a file in /etc/cron.d: variables, or five fields of time, a user, a command.
func crontabJobs(t *testing.T, tabs []string) (jobs []schedule) {
	for _, tab := range tabs {
		variables := map[string]string{}
		for line := range strings.Lines(tab) {
			line = strings.TrimSpace(line)
			fields := strings.Fields(line)
			if len(fields) == 0 || strings.HasPrefix(line, "#") {
				continue
			}
			if name, value, found := strings.Cut(line, "="); found && len(fields) == 1 {
				variables[name] = value
				continue
			}
			if len(fields) < 7 || strings.Contains(line, "%") {
				t.Fatalf("not a line of a crontab: %s", line)
			}
			checkSchedule(t, fields[:5])
			if !filepath.IsAbs(fields[6]) {
				t.Errorf("cron has hardly a PATH: %s", fields[6])
			}
			jobs = append(jobs, schedule{where: "crontab", command: fields[6:], variables: variables})
		}
	}
	return jobs
}

// checkSchedule checks the five fields of a time in cron (man 5 crontab): numbers, ranges, lists and steps.
func checkSchedule(t *testing.T, fields []string) {
	t.Helper()
	limits := [][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}}
	if len(fields) != len(limits) {
		t.Fatalf("%q has not five fields", fields)
	}
	for i, field := range fields {
		for part := range strings.SplitSeq(field, ",") {
			span, step, stepped := strings.Cut(part, "/")
			if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1) {
				t.Errorf("%q is no step", part)
			}
			if span == "*" {
				continue
			}
			for end := range strings.SplitSeq(span, "-") {
				if n, err := strconv.Atoi(end); err != nil || n < limits[i][0] || n > limits[i][1] {
					t.Errorf("%q is not from %d to %d", part, limits[i][0], limits[i][1])
				}
			}
		}
	}
}

// unitSections are what systemd knows of the sections and keys that the units use (man systemd.unit,
// systemd.service, systemd.exec, systemd.kill, systemd.timer).
var unitSections = map[string][]string{
	"Unit": strings.Fields("Description Wants After StartLimitIntervalSec StartLimitBurst"),
	"Service": strings.Fields(`Type User StateDirectory StateDirectoryMode EnvironmentFile ExecStart Restart RestartPreventExitStatus RestartSec
		SuccessExitStatus TimeoutStopSec NoNewPrivileges PrivateTmp ProtectSystem ReadWritePaths`),
	"Timer":   strings.Fields("OnCalendar RandomizedDelaySec Persistent"),
	"Install": strings.Fields("WantedBy"),
}

// unitJobs reads unit files, each named by its first line: a service, and a timer that starts it.
func unitJobs(t *testing.T, files []string) (jobs []schedule) {
	names := map[string]bool{}
	for _, file := range files {
		first, _, _ := strings.Cut(file, "\n")
		name := filepath.Base(strings.TrimPrefix(strings.TrimSpace(first), "# "))
		names[name] = true
		unit := parseUnit(t, file)
		switch filepath.Ext(name) {
		case ".service":
			if unit["Service.Type"] != "oneshot" {
				t.Errorf("%s: a timer starts what ends", name)
			}
			jobs = append(jobs, schedule{where: "systemd", command: strings.Fields(unit["Service.ExecStart"]), envFile: unit["Service.EnvironmentFile"]})
		case ".timer":
			if !regexp.MustCompile(`^\*-\*-\* \d\d:\d\d:\d\d$`).MatchString(unit["Timer.OnCalendar"]) || unit["Install.WantedBy"] == "" {
				t.Errorf("%s: %v", name, unit)
			}
		default:
			t.Errorf("a unit without a name: %q", first)
		}
	}
	if !names["ph2cio.service"] || !names["ph2cio.timer"] {
		t.Errorf("a timer starts the service of its name: %v", names)
	}
	return jobs
}

// parseUnit reads a unit file: comments, sections, keys with values, which a backslash continues (man
// systemd.syntax).
func parseUnit(t *testing.T, text string) map[string]string {
	t.Helper()
	values := map[string]string{}
	section := ""
	text = strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		key, value, found := strings.Cut(line, "=")
		switch {
		case line == "", strings.HasPrefix(line, "#"), strings.HasPrefix(line, ";"):
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			section = strings.Trim(line, "[]")
			if unitSections[section] == nil {
				t.Errorf("no section of a unit: %s", line)
			}
		case !found || value == "" || !slices.Contains(unitSections[section], key):
			t.Errorf("nothing of [%s]: %s", section, line)
		default:
			values[section+"."+key] = value
		}
	}
	return values
}

// cronJob is what of Kubernetes' batch/v1 CronJob the manifest uses
// (kubernetes.io/docs/reference/kubernetes-api).
type cronJob struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct{ Name string }
	Spec       struct {
		Schedule                string
		TimeZone                string `yaml:"timeZone"`
		ConcurrencyPolicy       string `yaml:"concurrencyPolicy"`
		StartingDeadlineSeconds int    `yaml:"startingDeadlineSeconds"`
		JobTemplate             struct {
			Spec struct {
				BackoffLimit     int `yaml:"backoffLimit"`
				PodFailurePolicy struct {
					Rules []struct {
						Action          string
						OnPodConditions []struct{ Type string } `yaml:"onPodConditions"`
						OnExitCodes     struct {
							Operator string
							Values   []int
						} `yaml:"onExitCodes"`
					}
				} `yaml:"podFailurePolicy"`
				Template struct{ Spec podSpec }
			}
		} `yaml:"jobTemplate"`
	}
}

type podSpec struct {
	RestartPolicy                 string `yaml:"restartPolicy"`
	TerminationGracePeriodSeconds int    `yaml:"terminationGracePeriodSeconds"`
	SecurityContext               struct {
		RunAsNonRoot        bool   `yaml:"runAsNonRoot"`
		RunAsUser           int    `yaml:"runAsUser"`
		FSGroup             int    `yaml:"fsGroup"`
		FSGroupChangePolicy string `yaml:"fsGroupChangePolicy"`
	} `yaml:"securityContext"`
	Containers []struct {
		Name, Image   string
		Command, Args []string
		EnvFrom       []struct {
			SecretRef struct{ Name string } `yaml:"secretRef"`
		} `yaml:"envFrom"`
		SecurityContext struct {
			ReadOnlyRootFilesystem   bool `yaml:"readOnlyRootFilesystem"`
			AllowPrivilegeEscalation bool `yaml:"allowPrivilegeEscalation"`
		} `yaml:"securityContext"`
		VolumeMounts []struct {
			Name      string
			MountPath string `yaml:"mountPath"`
			ReadOnly  bool   `yaml:"readOnly"`
		} `yaml:"volumeMounts"`
	}
	Volumes []struct {
		Name                  string
		EmptyDir              *struct{} `yaml:"emptyDir"`
		PersistentVolumeClaim *struct {
			ClaimName string `yaml:"claimName"`
			ReadOnly  bool   `yaml:"readOnly"`
		} `yaml:"persistentVolumeClaim"`
	}
}

// cronJobs reads manifests. A key that a CronJob does not have is an error.
func cronJobs(t *testing.T, manifests []string) (jobs []schedule) {
	for _, manifest := range manifests {
		var c cronJob
		if err := yaml.UnmarshalWithOptions([]byte(manifest), &c, yaml.Strict()); err != nil {
			t.Fatalf("not a CronJob: %v", err)
		}
		if c.APIVersion != "batch/v1" || c.Kind != "CronJob" || c.Metadata.Name == "" || c.Spec.ConcurrencyPolicy != "Forbid" {
			t.Errorf("%+v", c)
		}
		checkSchedule(t, strings.Fields(c.Spec.Schedule))
		job := c.Spec.JobTemplate.Spec
		for _, rule := range job.PodFailurePolicy.Rules {
			for _, code := range rule.OnExitCodes.Values {
				if outcomeText(code) == fmt.Sprintf("exit code %d", code) {
					t.Errorf("there is no exit code %d", code)
				}
			}
		}
		jobs = append(jobs, podJob(t, &job.Template.Spec))
	}
	return jobs
}

// podJob is a pod's one container, whose paths must be in its volumes.
func podJob(t *testing.T, pod *podSpec) schedule {
	if pod.RestartPolicy != "Never" || len(pod.Containers) != 1 { // a podFailurePolicy needs the first
		t.Fatalf("%+v", pod)
	}
	c := pod.Containers[0]
	for _, arg := range c.Args {
		mounted := false
		for _, m := range c.VolumeMounts {
			mounted = mounted || strings.HasPrefix(arg+"/", m.MountPath+"/")
		}
		if strings.HasPrefix(arg, "/") && !mounted {
			t.Errorf("%s is in no volume", arg)
		}
	}
	for i, v := range pod.Volumes {
		if i >= len(c.VolumeMounts) || c.VolumeMounts[i].Name != v.Name || (v.EmptyDir == nil) == (v.PersistentVolumeClaim == nil) {
			t.Errorf("the volume %s is not mounted, or is nothing", v.Name)
		}
	}
	return schedule{where: "Kubernetes", command: slices.Concat(c.Command, c.Args), secret: len(c.EnvFrom) == 1 && c.EnvFrom[0].SecretRef.Name != ""}
}
