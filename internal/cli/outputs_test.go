package cli

import (
	"bytes"
	"encoding/pem"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/exit"
)

// What a flag, or a variable that is no flag's, is to files.
const (
	neither = iota
	read    // names something that is read
	written // names a file that is written
	filled  // names a directory in which files are written
)

// toFiles has every flag of every command, and every other variable: whoever adds one says here what it is to
// files.
var toFiles = map[string]int{
	"log-file": written, "metrics-file": written, "operations": written, "cpuprofile": written, "rejects-csv": written, "report": written, "profiles-csv": written,
	"state": filled, "tmp": filled, "cache": filled,
	"env-file": read, "ca-cert": read, "existing": read, "persons": read, "exclude-people": read, "mapping": read, "diff": read,
	"CUSTOMERIO_SITE_ID_FILE": read, "CUSTOMERIO_API_KEY_FILE": read,

	"CUSTOMERIO_SITE_ID": neither, "CUSTOMERIO_API_KEY": neither, "CUSTOMERIO_REGION": neither, "CUSTOMERIO_TRACK_URL": neither,
	"accept-damaged": neither, "all": neither, "all-people": neither, "allow-reserved": neither, "batch-items": neither, "cache-size": neither, "column": neither,
	"concurrency": neither, "date-attributes": neither, "dedup-window": neither, "dots": neither, "drop-property": neither,
	"dry-run": neither, "dismiss": neither, "rejects": neither, "event-attribute": neither, "exclude": neither, "event-value-limit": neither, "events": neither, "first-reading-only": neither,
	"first-run": neither, "fresh": neither, "help": neither, "id": neither, "identifier-value": neither, "identify-by": neither,
	"identify-timestamp": neither, "identity": neither, "json": neither, "limit": neither, "listen": neither, "live-backfilled": neither, "live-since": neither,
	"log-format": neither, "max-duration": neither, "max-merges": neither, "max-profiles": neither, "max-rejects": neither,
	"memory": neither, "merge": neither, "merge-profiles": neither, "merges": neither, "only": neither, "page-name": neither,
	"people": neither, "person-attribute": neither, "person-properties": neither, "ping-url": neither, "properties": neither,
	"quiet": neither, "report-examples": neither, "rate": neither, "recent": neither, "redact-query": neither, "region": neither, "resend-old": neither,
	"restart": neither, "azure-endpoint": neither, "s3-endpoint": neither, "s3-profile": neither, "s3-region": neither, "s3-requester-pays": neither, "sandbox": neither, "screen-name": neither, "settle": neither, "since": neither, "skip-events": neither,
	"team": neither, "timezone": neither, "tolerate-rejects": neither, "unset": neither, "until": neither, "user-id": neither, "verbose": neither,
	"version": neither, "wait-for-files": neither, "wait-lock": neither, "workspace": neither, "yes": neither,
}

// commandsOf are all commands of the program but cobra's own.
func commandsOf() (all []*cobra.Command) {
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		all = append(all, c)
		for _, sub := range c.Commands() {
			if sub.Name() != "completion" {
				visit(sub)
			}
		}
	}
	p := newProgram(Env{Getenv: func(string) (string, bool) { return "", false }}, nil)
	visit(newRoot(p))
	return all
}

func TestEveryFlagSaysWhatItIsToFiles(t *testing.T) {
	there := map[string]bool{}
	for _, c := range commandsOf() {
		for _, set := range []*pflag.FlagSet{c.Flags(), c.PersistentFlags()} {
			set.VisitAll(func(f *pflag.Flag) {
				there[f.Name] = true
				reads := toFiles[f.Name] == read && f.Name != envFileFlag // which is protected by its default too
				if is := hasFact(f, readFact); is != reads {
					t.Errorf("%s --%s is defined with isRead: %v, and in toFiles: %v", c.Name(), f.Name, is, reads)
				}
			})
		}
	}
	for _, name := range allVariables(commandsOf()[0]) {
		if strings.HasPrefix(name, "CUSTOMERIO_") {
			there[name] = true
		}
	}
	for name := range there {
		if _, ok := toFiles[name]; !ok {
			t.Errorf("%s is not in toFiles: say whether it names what is read, written or filled, and guard it if it does", name)
		}
	}
	for name, is := range toFiles {
		if !there[name] {
			t.Errorf("%s is in toFiles, and there is no such flag or variable", name)
		}
		if is == written && looksWrittenFor[name] == nil {
			t.Errorf("nothing tells a file of --%s from another", name)
		}
	}
}

// makeProfile is a CPU profile.
func makeProfile(t *testing.T) string {
	t.Helper()
	var profile bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err != nil {
		t.Fatal(err)
	}
	pprof.StopCPUProfile()
	return profile.String()
}

// treasure is a file that no output may touch.
type treasure struct {
	path string
	is   string // what the error says about it
	flag string // that must be there, so that the command knows of the file; SOURCE for its arguments, empty for none
}

var treasures = []treasure{
	{"export.jsonl", "the source export.jsonl", "SOURCE"},
	{"more/part.jsonl", "the source more/part.jsonl", "SOURCE"},
	{"globbed/a.jsonl", "the source globbed/a.jsonl", "SOURCE"},
	{".env", "the settings file .env", ""},
	{"other.env", "the settings file other.env", ""},
	{"site", "the file that CUSTOMERIO_SITE_ID_FILE in the environment names", ""},
	{"key", "the file that CUSTOMERIO_API_KEY_FILE in the environment names", ""},
	{"ca.pem", "the file of --ca-cert", "ca-cert"},
	{"existing.csv", "the file of --existing", "existing"},
	{"persons.jsonl", "the file of --persons", "persons"},
	{"people/p.jsonl", "the source people/p.jsonl", "SOURCE"},
	{"never.txt", "the file of --exclude-people", "exclude-people"},
	{"mapping.yaml", "the file of --mapping", "mapping"},
	{"other.yaml", "the file of --diff", "diff"},
	{"mine/state.db", "in the state directory mine", "state"},
	{"mine/lock", "in the state directory mine", "state"},
	{"mine/rejects.jsonl", "in the state directory mine", "state"},
	{"xdg/ph2cio/7/state.db", "in the state directory", ""},
}

// makeTreasures puts all treasures into the working directory.
func makeTreasures(t *testing.T, text string) {
	t.Helper()
	for _, one := range treasures {
		if err := os.MkdirAll(filepath.Dir(one.path), 0o700); err != nil {
			t.Fatal(err)
		}
		if one.path == ".env" && text != "" && text[0] != '#' || one.path == "other.env" && text != "" && text[0] != '#' {
			write(t, one.path, "") // such a text would be wrong settings, and tell of nothing else
			continue
		}
		write(t, one.path, text)
	}
	for path, text := range rightSettings(t) {
		write(t, path, text)
	}
}

// rightSettings are the files of settings that have to be right, or only that would be told.
func rightSettings(t *testing.T) map[string]string {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return map[string]string{"site": "a-site-id\n", "key": "an-api-key\n", "ca.pem": string(certificate), "mapping.yaml": "# nothing\n", "other.yaml": "# nothing\n"}
}

// routes are the ways to a file; each returns a name for it.
var routes = map[string]func(t *testing.T, path string) string{
	"directly": func(_ *testing.T, path string) string { return path },
	"by a symbolic link": func(t *testing.T, path string) string {
		return linkTo(t, os.Symlink, path, "names/"+strings.ReplaceAll(path, "/", "-")+".symlink")
	},
	"by a hard link": func(t *testing.T, path string) string {
		return linkTo(t, os.Link, path, "names/"+strings.ReplaceAll(path, "/", "-")+".hardlink")
	},
	"by a linked directory": func(_ *testing.T, path string) string { return "names/here/" + path },
	"by another path":       func(_ *testing.T, path string) string { return ".//names/.././" + path },
	"from the root": func(t *testing.T, path string) string {
		full, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		return full
	},
}

func linkTo(t *testing.T, link func(old, new string) error, path, name string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err == nil {
		err = link(full, name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// fileState is what a file was.
type fileState struct {
	info fs.FileInfo
	text string
}

func readAllFiles(t *testing.T) map[string]fileState {
	t.Helper()
	all := map[string]fileState{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		text := []byte{}
		if info.Mode().IsRegular() {
			text, err = os.ReadFile(path)
		}
		all[path] = fileState{info, string(text)}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// checkUnchanged holds that nothing has changed: no bytes, no time, no file in the place of another, none
// more and none less.
func checkUnchanged(t *testing.T, before, after map[string]fileState) {
	t.Helper()
	for path, then := range before {
		now, ok := after[path]
		if ok && then.info.IsDir() && now.info.IsDir() {
			continue // whose time changes when it is tried whether a file can be made in it
		}
		if !ok || now.text != then.text || !now.info.ModTime().Equal(then.info.ModTime()) || now.info.Mode() != then.info.Mode() || !os.SameFile(now.info, then.info) {
			t.Errorf("%s has changed", path)
		}
	}
	for path := range after {
		if _, ok := before[path]; !ok {
			t.Errorf("%s is new", path)
		}
	}
}

// lineFor is a command line that names all treasures that the command knows of.
func lineFor(c *cobra.Command, output string) (args []string) {
	args = []string{c.Name(), "--env-file", "other.env"}
	if c.Flags().Lookup("yes") != nil {
		args = append(args, "--yes")
	}
	for flag, value := range map[string]string{
		"ca-cert": "ca.pem", "existing": "existing.csv", "exclude-people": "never.txt", "state": "mine", "id": "user_1", "mapping": "mapping.yaml", "diff": "other.yaml",
	} {
		if c.Flags().Lookup(flag) != nil && flag != output && !(flag == diffFlag && hasNoDiff(output)) {
			args = append(args, "--"+flag, value)
		}
	}
	if c.Flags().Lookup("persons") != nil {
		args = append(args, "--persons", "persons.jsonl", "--persons", "people")
	}
	if takesSources(c) {
		args = append(args, "export.jsonl", "more", "globbed/*.jsonl")
	}
	return args
}

// hasNoDiff reports whether an output is refused together with --diff.
func hasNoDiff(output string) bool {
	return output == operationsFlag || output == reportFlag || output == profilesCSVFlag
}

func takesSources(c *cobra.Command) bool { return strings.Contains(c.Use, "SOURCE") }

// TestNoOutputReplacesAProtectedFile gives every output of every command every file that it must not touch, by
// every way to it, in every way that a flag can be given.
func TestNoOutputReplacesAProtectedFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need rights there")
	}
	begins := map[string]string{
		"log-file": "2026-12-01T02:30:00Z INFO reading\n", "metrics-file": "# HELP ph2cio_last_run_info What ran last.\n", "operations": `{"type":"person","action":"identify"}`, "cpuprofile": makeProfile(t), "rejects-csv": "file,row,line,event,reason,words,detail,cure\n", "profiles-csv": "identifier_kind,identifier,did,new,into_kind,into,distinct_id,email,attributes\n", "report": "<!doctype html>\n<!-- made by ph2cio -->\n",
	}
	runs := 0
	for _, c := range commandsOf() {
		if c.HasParent() && slices.Contains([]string{backfillCommand, "status"}, c.Name()) {
			c.Flags().AddFlag(c.Root().PersistentFlags().Lookup(logFileFlag)) // for commands of each kind: it is the same for all
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			is := toFiles[f.Name]
			if !c.HasParent() {
				return // which does nothing itself
			}
			if is != written && is != filled || f.Name == "state" && c.Flags().Lookup("yes") == nil {
				return // which is only read there
			}
			if (f.Name == reportFlag || f.Name == profilesCSVFlag) && c.Name() != backfillCommand && c.Name() != previewCommand {
				return // it is the same for all
			}
			texts := map[string]string{"of its own": "# of its own\n"}
			if is == written {
				texts["like ours"], texts["empty"] = begins[f.Name], ""
			}
			for name, text := range texts {
				t.Run(c.Name()+" --"+f.Name+" "+name, func(t *testing.T) { runs += tryAll(t, c, f, text) })
			}
		})
	}
	if runs < 1500 {
		t.Errorf("only %d runs", runs)
	}
}

// tryAll gives an output all treasures, whose text is as said.
func tryAll(t *testing.T, c *cobra.Command, f *pflag.Flag, text string) (runs int) {
	t.Chdir(t.TempDir())
	makeTreasures(t, text)
	err := os.Mkdir("names", 0o700)
	if err == nil {
		err = os.Symlink("..", "names/here")
	}
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("there was a request") }))
	defer server.Close()
	plain, settings := strings.HasPrefix(text, "# of its own"), rightSettings(t)
	for _, one := range treasures {
		if one.flag == f.Name || one.flag == "SOURCE" && !takesSources(c) || one.flag != "SOURCE" && one.flag != "" && c.Flags().Lookup(one.flag) == nil {
			continue
		}
		if one.flag == diffFlag && hasNoDiff(f.Name) {
			continue // they are never given together
		}
		right, isSettings := settings[one.path]
		if isSettings {
			write(t, one.path, text)
		}
		for how, route := range routes {
			if !plain && how != "directly" && !strings.HasSuffix(how, " link") {
				continue // what is in the file makes no difference to its path
			}
			path := route(t, one.path)
			before := readAllFiles(t)
			for _, byFlag := range []bool{true, false} {
				if !byFlag && (!configurable(f) || how != "directly" && how != "by a hard link") {
					continue // one path is like another to it
				}
				runs++
				out := runOver(t, c, f.Name, path, byFlag, server.URL)
				if out.code != exit.Usage {
					t.Errorf("%s, %s (by flag: %v): exit code %d\n%s", one.path, how, byFlag, out.code, out.stderr)
				}
				given := "--" + f.Name
				if !byFlag {
					given = variable(f.Name) + " in the environment"
				}
				if told := given + ": " + path; !strings.Contains(out.stderr, told) || toFiles[f.Name] == written && !errorNames(out.stderr, told, one) {
					t.Errorf("%s, %s (by flag: %v): it is not said that %s is %s:\n%s", one.path, how, byFlag, told, one.is, out.stderr)
				}
				checkUnchanged(t, before, readAllFiles(t))
			}
			if t.Failed() {
				return runs
			}
		}
		if isSettings {
			write(t, one.path, right)
		}
	}
	return runs
}

// errorNames reports whether an error says what the path is. Of what is found only by looking through a
// directory or a glob, it is said first what it looks like.
func errorNames(stderr, told string, one treasure) bool {
	if strings.Contains(stderr, told+" is "+one.is) {
		return true
	}
	if one.path == "export.jsonl" || one.flag != "SOURCE" {
		return false
	}
	return slices.ContainsFunc([]string{" would be read as a source", " is a symbolic link", " already exists and holds something else"}, func(says string) bool {
		return strings.Contains(stderr, told+says)
	})
}

// runOver runs a command with an output in the place of something.
func runOver(t *testing.T, c *cobra.Command, flag, path string, byFlag bool, url string) outcome {
	t.Helper()
	home, err := filepath.Abs("xdg")
	if err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{
		"CUSTOMERIO_SITE_ID_FILE": "site", "CUSTOMERIO_API_KEY_FILE": "key", "CUSTOMERIO_TRACK_URL": url, "XDG_STATE_HOME": home,
	}
	args := lineFor(c, flag)
	if byFlag {
		args = append(args, "--"+flag, path)
	} else {
		environment[variable(flag)] = path
	}
	return runProgram(t, environment, args...)
}
