package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"ph2cio/internal/cli"
	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/s3server"
	"ph2cio/internal/testkit/sources"
	"ph2cio/internal/testkit/synthetic"
)

// The canaries are credentials that must not appear in any output.
const (
	canarySite = "canary-site-5d1f"
	canaryKey  = "canary-key-9b27e0"
)

func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){"ph2cio": program})
}

// bucketsVariable names a directory whose files are the objects of buckets, for programs that tests start.
const bucketsVariable = "PH2CIO_TEST_BUCKETS"

// program is main, which can read the objects of bucketsVariable too.
func program() {
	env := cli.OS()
	if dir := os.Getenv(bucketsVariable); dir != "" {
		env.Remote = sources.NewDirectory(dir).Remote
	}
	if path := os.Getenv(documentsVariable); path != "" {
		env.Documents = func(document any) { keepDocument(path, document) }
	}
	if path := os.Getenv(clockVariable); path != "" {
		env.Now = func() time.Time { return readClock(path) }
	}
	start(env)
}

// clockVariable names a file that holds the time of the clock of programs that tests start.
const clockVariable = "TEST_CLOCK"

func readClock(path string) time.Time {
	text, err := os.ReadFile(path)
	if err == nil {
		var at time.Time
		if at, err = time.Parse(time.RFC3339, string(text)); err == nil {
			return at
		}
	}
	panic(err)
}

// suite runs the tests, unless this binary was started as the program.
type suite struct{ *testing.M }

// Run runs the tests. Under nohup, or in the background of a shell without job control, signals are ignored,
// and the programs that the tests start and stop would inherit that. Signals that are caught are not
// inherited.
func (s suite) Run() int {
	for _, one := range []os.Signal{syscall.SIGHUP, os.Interrupt} {
		if signal.Ignored(one) {
			signal.Notify(make(chan os.Signal, 1), one)
		}
	}
	// Most tests wait half of their time: for answers, for a moment to stop at, for a disk.
	if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	return s.M.Run()
}

// update rewrites the texts that stories compare output with.
var update = flag.Bool("update", false, "write the expected outputs in the stories anew")

// TestScripts runs the stories in testdata/script: the real program against the sandbox.
func TestScripts(t *testing.T) {
	testdata, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	documents := filepath.Join(t.TempDir(), "documents.jsonl")
	t.Cleanup(func() { checkDocuments(t, documents) })
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Condition: func(name string) (bool, error) {
			if name == "reals3" {
				return s3server.Found(), nil
			}
			return false, fmt.Errorf("there is no condition %q", name)
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv(documentsVariable, documents)
			e.Setenv("EXPORTS", filepath.Join(testdata, "exports"))
			e.Setenv("CASES", filepath.Join(testdata, "cases"))
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, ".state"))
			e.Setenv("GORACE", endsSoon)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sandbox":   startSandbox,
			"faults":    setFaults,
			"held":      printHeld,
			"totals":    printTotals,
			"normal":    printNormal,
			"nocanary":  noCanary,
			"exits":     exits,
			"signals":   signals,
			"terminal":  terminal,
			"addsup":    addsUp,
			"closes":    closes,
			"stops":     stops,
			"synthetic": writeSynthetic,
			"newest":    setNewest,
			"norun":     noRun,
			"s3":        startS3,
			"s3faults":  s3Store.setFaults,
			"s3counts":  s3Store.printCounts,
			"az":        startAzure,
			"azfaults":  azureStore.setFaults,
			"azcounts":  azureStore.printCounts,
			"samejson":  sameJSON,
			"asdisk":    asDisk,
			"unset": func(ts *testscript.TestScript, _ bool, args []string) {
				for _, name := range args {
					ts.Setenv(name, "")
				}
			},
		},
	})
}

// sandbox [json options]: starts a sandbox for the script and points the program at it.
func startSandbox(ts *testscript.TestScript, _ bool, args []string) {
	options := sandbox.Options{}
	if len(args) > 0 {
		ts.Check(json.Unmarshal([]byte(args[0]), &options))
	}
	options.SiteID, options.APIKey = canarySite, canaryKey
	before := &gate{box: sandbox.New(options)}
	server, err := sandbox.Start(before, "127.0.0.1:0")
	ts.Check(err)
	gates.Store(server.URL(), before)
	ts.Defer(func() {
		gates.Delete(server.URL())
		_ = server.Close()
	})
	ts.Setenv("CUSTOMERIO_TRACK_URL", server.URL())
	ts.Setenv("SANDBOX_ADDRESS", strings.TrimPrefix(server.URL(), "http://"))
	ts.Setenv("CUSTOMERIO_SITE_ID", canarySite)
	ts.Setenv("CUSTOMERIO_API_KEY", canaryKey)
}

// faults JSON: sets the sandbox's switches.
func setFaults(ts *testscript.TestScript, _ bool, args []string) {
	answer, err := http.Post(ts.Getenv("CUSTOMERIO_TRACK_URL")+"/sandbox/faults", "application/json",
		strings.NewReader(strings.Join(args, " ")))
	ts.Check(err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(answer.Body)
		ts.Fatalf("faults: %s %s", answer.Status, text)
	}
}

// held people|events|stats|requests: prints what the sandbox holds.
func printHeld(ts *testscript.TestScript, _ bool, args []string) {
	answer, err := http.Get(ts.Getenv("CUSTOMERIO_TRACK_URL") + "/sandbox/" + args[0])
	ts.Check(err)
	defer answer.Body.Close()
	var laid bytes.Buffer
	text, err := io.ReadAll(answer.Body)
	ts.Check(err)
	ts.Check(json.Indent(&laid, text, "", " "))
	fmt.Fprintln(ts.Stdout(), laid.String())
}

// normal people|events [ID=OTHER...]: prints what the sandbox holds, one item a line, sorted, with other IDs
// for the given people.
func printNormal(ts *testscript.TestScript, _ bool, args []string) {
	others := map[string]string{}
	for _, pair := range args[1:] {
		id, other, _ := strings.Cut(pair, "=")
		others[id] = other
	}
	fmt.Fprintln(ts.Stdout(), normal(ts, args[0], others))
}

// normal is what printNormal prints.
func normal(ts *testscript.TestScript, what string, others map[string]string) string {
	answer, err := http.Get(ts.Getenv("CUSTOMERIO_TRACK_URL") + "/sandbox/" + what)
	ts.Check(err)
	defer answer.Body.Close()
	var held []struct {
		ID         string
		PersonID   string `json:"person_id"`
		Action     string
		Name       string
		Email      string
		Timestamp  int64
		Attributes json.RawMessage
	}
	ts.Check(json.NewDecoder(answer.Body).Decode(&held))
	var lines []string
	for _, one := range held {
		who, rest := one.ID, one.Email
		if what == "events" {
			who, rest = one.PersonID, fmt.Sprint(one.Action, " ", one.Name, " ", one.ID, " ", one.Timestamp)
		}
		lines = append(lines, fmt.Sprintf("%s %s %s", cmp.Or(others[who], who), rest, one.Attributes))
	}
	sort.Strings(lines)
	return strings.Join(slices.Compact(lines), "\n") // what came again after a kill is there twice
}

// totals FILE: prints the rows of a JSON summary, a bucket a line, sorted.
func printTotals(ts *testscript.TestScript, _ bool, args []string) {
	var summary struct {
		Rows       map[string]json.RawMessage
		Operations map[string]int64
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &summary))
	var lines []string
	for bucket, raw := range summary.Rows {
		reasons := map[string]int64{}
		if json.Unmarshal(raw, &reasons) != nil {
			lines = append(lines, fmt.Sprintf("%s %s", bucket, raw))
		}
		for reason, n := range reasons {
			lines = append(lines, fmt.Sprintf("%s.%s %d", bucket, reason, n))
		}
	}
	for action, n := range summary.Operations {
		lines = append(lines, fmt.Sprintf("operations.%s %d", action, n))
	}
	sort.Strings(lines)
	for _, line := range lines {
		if !strings.HasSuffix(line, " 0") {
			fmt.Fprintln(ts.Stdout(), line)
		}
	}
}

// nocanary: fails if any file in the script's directory holds the credentials.
func noCanary(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(filepath.WalkDir(ts.Getenv("WORK"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		holds := func(canary string) bool { return bytes.Contains(text, []byte(canary)) }
		if slices.ContainsFunc([]string{canaryKey, canarySite, canaryS3Key, canaryS3Secret, canaryS3Token, canaryAzureKey, canaryAzureSig}, holds) {
			return fmt.Errorf("%s holds the credentials", path)
		}
		return err
	}))
}

// synthetic FILE ROWS: makes an export of so many rows.
func writeSynthetic(ts *testscript.TestScript, _ bool, args []string) {
	rows, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = synthetic.Write(file, synthetic.Options{Rows: rows, People: rows/100 + 1, Seed: 5})
	ts.Check(errors.Join(err, file.Close()))
}

// exits CODE COMMAND...: runs the program and checks its exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if err != nil {
		code = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if code != args[0] {
		ts.Fatalf("%s: exit code %s, want %s", strings.Join(args[1:], " "), code, args[0])
	}
}
