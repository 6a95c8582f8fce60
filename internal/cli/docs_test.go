package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

// docs is what people read, by where it stands: README.md, the topics of help as they are printed, and the
// examples of commands.
func docs(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{"README.md": fences.ReplaceAllStringFunc(readme(t), indented)}
	for _, c := range newRoot(newProgram(Env{}, nil)).Commands() {
		if c.IsAdditionalHelpTopicCommand() {
			all["help "+c.Name()] = runProgram(t, nil, "help", c.Name()).stdout
		} else {
			all[c.Name()+" --help"] = c.Long + "\n" + c.Example
		}
	}
	all["--help"] = newRoot(newProgram(Env{}, nil)).Long + "\n" + newRoot(newProgram(Env{}, nil)).Example
	return all
}

// fences are the blocks of README.md that stand as they are.
var fences = regexp.MustCompile("(?ms)^```.*?^```$")

// indented is a block of README.md in the form that it would have in a topic of help.
func indented(fence string) string {
	return strings.ReplaceAll(strings.Trim(fence, "`"), "\n", "\n  ")
}

func readme(t *testing.T) string { return fileText(t, "README.md") }

// mostREADME is how long README.md may be: for somebody in a hurry. Whatever else there is to say belongs in
// a topic of help.
const mostREADME = 12 << 10

// inCodes is a row of README's table of what to do when something goes wrong: the exit codes in it.
var inCodes = regexp.MustCompile(`(?m)^\| (\d+(?:, \d+)*)\b.*\|$`)

// TestREADMEHasTheExitCodes compares its table with the codes that there are.
func TestREADMEHasTheExitCodes(t *testing.T) {
	said := map[string]bool{}
	for _, row := range inCodes.FindAllStringSubmatch(readme(t), -1) {
		for code := range strings.SplitSeq(row[1], ", ") {
			said[code] = true
		}
	}
	for line := range strings.Lines(exit.Table()) {
		code := strings.Fields(line)[0]
		if !said[code] {
			t.Errorf("README.md does not say what to do about exit code %s", code)
		}
		delete(said, code)
	}
	for code := range said {
		t.Errorf("README.md says what to do about exit code %s, which there is not", code)
	}
}

func TestREADMEIsShort(t *testing.T) {
	if n := len(readme(t)); n > mostREADME {
		t.Errorf("README.md has %d bytes, and may have %d", n, mostREADME)
	}
}

var (
	commandLine   = regexp.MustCompile(`(?m)^ +(?:\$ )?((?:[A-Z][A-Z_]*=\S+ )*(?:\./)?ph2cio .*)$`)
	inlineCommand = regexp.MustCompile("`((?:\\./)?ph2cio\\s[^`]*)`")
	afterCommand  = regexp.MustCompile(`\s{2,}\S.*$`) // what an example says of itself
	assignment    = regexp.MustCompile(`^[A-Z][A-Z0-9_]*=`)
	continued     = regexp.MustCompile(`\\\n\s*`)
)

// commandsIn finds the command lines of a text: lines of their own, and what stands in backticks.
func commandsIn(text string) (lines []string) {
	text = continued.ReplaceAllString(text, "")
	for _, match := range commandLine.FindAllStringSubmatch(text, -1) {
		lines = append(lines, afterCommand.ReplaceAllString(match[1], ""))
	}
	for _, match := range inlineCommand.FindAllStringSubmatch(text, -1) {
		lines = append(lines, strings.Join(strings.Fields(match[1]), " "))
	}
	return lines
}

// words splits a command line as a shell does, up to a comment, a pipe or a redirection.
func words(line string) (args []string) {
	var quote rune
	var word strings.Builder
	started := false
	end := func() {
		if started {
			args = append(args, word.String())
		}
		word.Reset()
		started = false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, started = r, true
		case quote == 0 && r == ' ':
			end()
		case quote == 0 && (r == '|' || r == '>' || r == '#' && !started):
			end()
			return args
		default:
			word.WriteRune(r)
			started = true
		}
	}
	end()
	return args
}

// TestCommandsOfREADMECanBePasted holds that nothing follows a command there: an interactive zsh, the shell
// of macOS, takes a remark behind # as more arguments.
func TestCommandsOfREADMECanBePasted(t *testing.T) {
	lines := regexp.MustCompile(`(?m)^(?:\$ )?(?:ph2cio|\./ph2cio|make) .*$`).FindAllString(readme(t), -1)
	if len(lines) < 8 {
		t.Fatalf("only %d command lines found", len(lines))
	}
	for _, line := range lines {
		if strings.Contains(line, " #") || afterCommand.MatchString(line) {
			t.Errorf("a remark follows the command: %s", line)
		}
	}
}

// placeholders are words of the docs that stand for something, and what the test puts there.
var placeholders = map[string]string{
	"SOURCE...": "export/", "ID": "user_1001", "TOPIC": "terms", "COMMAND": "preview", "DIR": "state-directory", "REASON": "bad_timestamp", "127.0.0.1:8099": "127.0.0.1:0",
}

// TestCommandsInTheDocsRun runs every command line of README.md, of the topics of help and of the commands'
// examples, each in a directory of its own that has the files they name, against a sandbox and at a terminal
// where somebody says yes.
func TestCommandsInTheDocsRun(t *testing.T) {
	found, tried := 0, map[string]bool{}
	for where, text := range docs(t) {
		for _, line := range commandsIn(text) {
			found++
			if !tried[line] {
				tried[line] = true
				t.Run(line, func(t *testing.T) {
					if out := runDocumented(t, line); out.code != exit.Done {
						t.Errorf("in %s: exit code %d\n%s", where, out.code, out.stderr)
					}
				})
			}
		}
	}
	if found < 60 || len(tried) < 40 {
		t.Errorf("%d command lines found, %d different ones: the docs have more", found, len(tried))
	}
}

// TestMistakesInTheDocsFail holds that the test above would find a flag, a command, a topic or a value that
// does not exist.
func TestMistakesInTheDocsFail(t *testing.T) {
	text := "Type `ph2cio\npreview --evnets x export/` or\n\n  ph2cio priview export/    # really\n" +
		"  X=y ph2cio help nothing    says nothing\n  $ ./ph2cio backfill --recent \\\n    never export/ > summary.json\nph2cio does nothing.\n"
	lines := commandsIn(text)
	if len(lines) != 4 {
		t.Errorf("%d commands found: %q", len(lines), lines)
	}
	for _, line := range lines {
		if out := runDocumented(t, line); out.code != exit.Usage {
			t.Errorf("%s: exit code %d\n%s", line, out.code, out.stderr)
		}
	}
}

func runDocumented(t *testing.T, line string) outcome {
	t.Helper()
	box := sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey, EnvironmentID: 12345})
	server, err := box.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	dir := documentedFiles(t)
	t.Chdir(dir)
	environment := map[string]string{
		"CUSTOMERIO_SITE_ID": canarySite, "CUSTOMERIO_API_KEY": canaryKey, "CUSTOMERIO_TRACK_URL": server.URL(),
		"HOME": dir, "XDG_STATE_HOME": filepath.Join(dir, "states"), "PH2CIO_LISTEN": "127.0.0.1:0",
	}
	args := fillIn(t, words(line))
	if args[0] == mappingFlag || flagValue(args, "--mapping") != "" {
		useDocumentedMapping(t, args, environment)
	}
	atTerminal := func(env *Env) {
		env.Stdin, env.StdinTerminal, env.StderrTerminal = strings.NewReader("yes\n"), true, true
		env.Secret = typing(canarySite, canaryKey)
	}
	if needsState(args) {
		first, code := []string{backfillCommand, "--quiet", "--yes", "export/"}, exit.Done
		if slices.Contains(args, "--"+dismissFlag) {
			write(t, "export/rejected.jsonl", `{"event":"Signed Up","distinct_id":"user_1001","timestamp":"yesterday"}`+"\n")
			code = exit.Rejects
		}
		if state := flagValue(args, "--state"); state != "" {
			first = append(first, "--state", state)
		}
		if out := runProgram(t, environment, first...); out.code != code {
			t.Fatalf("the first backfill: exit code %d\n%s", out.code, out.stderr)
		}
	}
	if slices.Contains(args, "sandbox") { // it does not end by itself: begin with the end
		return runStopped(t, environment, args)
	}
	return runProgramWith(t, atTerminal, environment, args...)
}

// useDocumentedMapping writes the mapping file of the docs, and lets a command that names none use it.
func useDocumentedMapping(t *testing.T, args []string, environment map[string]string) {
	t.Helper()
	if slices.Contains(args, "init") {
		return // which writes one
	}
	_, example, _ := strings.Cut(fileText(t, "internal/cli/help/mapping-file.txt"), "\n  settings:\n")
	example, _, _ = strings.Cut(example, "\n\n")
	write(t, "mapping.yaml", "  settings:\n"+example+"\n")
	write(t, "new.yaml", "rules: [{events: debug, drop: true}]\n")
	environment[variable(mappingFlag)] = "mapping.yaml"
}

// fillIn is the program's arguments of a command line, with something in the place of what the docs leave
// open.
func fillIn(t *testing.T, typed []string) []string {
	t.Helper()
	for len(typed) > 0 && assignment.MatchString(typed[0]) {
		typed = typed[1:] // credentials, which are the test's
	}
	args := slices.Clone(typed[1:])
	for i, arg := range args {
		if value, ok := placeholders[arg]; ok {
			args[i] = value
		}
	}
	c, rest, err := newRoot(newProgram(Env{}, nil)).Find(args)
	if err != nil || c.ParseFlags(rest) != nil || c.Flags().NArg() > 0 || c.Flags().Changed("help") {
		return args
	}
	if strings.Contains(c.Use, "SOURCE... ID") {
		return append(args, "export/", "user_1001")
	}
	if strings.Contains(c.Use, " SOURCE...") { // only the command is named
		return append(args, "export/")
	}
	return args
}

// needsState reports whether a command goes on from what others have sent.
func needsState(args []string) bool {
	return slices.Contains([]string{syncCommand, "status", retryCommand}, args[0]) && !slices.Contains(args, "--first-run")
}

func runStopped(t *testing.T, environment map[string]string, args []string) outcome {
	var stdout, stderr bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	env := Env{
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Environ: func() []string { return nil },
		Getenv: func(name string) (string, bool) { value, ok := environment[name]; return value, ok },
	}
	return outcome{Main(ctx, env, args), stdout.String(), stderr.String()}
}

// documentedFiles is a directory with the files that commands of the docs name.
func documentedFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, sample := range map[string]string{
		"export/events.jsonl":                   "exports/acornly_events.jsonl",
		"export.jsonl":                          "exports/acornly_events.jsonl",
		"export.jsonl.gz":                       "exports/acornly_events.jsonl.gz",
		"exports/2026-03/events.jsonl.gz":       "exports/acornly_events.jsonl.gz",
		"testdata/exports/acornly_events.jsonl": "exports/acornly_events.jsonl",
		"persons.jsonl":                         "exports/batch_export_persons.jsonl",
		"persons.jsonl.gz":                      "exports/batch_export_persons.jsonl",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, path, fileText(t, "testdata/"+sample))
	}
	_, shop, _ := strings.Cut(fileText(t, "testdata/script/identity.txtar"), "-- shop.jsonl --\n")
	shop, _, _ = strings.Cut(shop, "-- ")
	write(t, filepath.Join(dir, "shop.jsonl"), shop)
	write(t, filepath.Join(dir, "people.csv"), "id,email,cio_id\nuser_1001,maya.okafor@example.com,a1b2\n")
	write(t, filepath.Join(dir, "never.txt"), "user_1002\n")
	return dir
}

// TestREADMEShowsThePlan holds that the screen of README.md is what the program prints.
func TestREADMEShowsThePlan(t *testing.T) {
	text := readme(t)
	screen := regexp.MustCompile("(?s)```\n\\$ (\\./ph2cio preview [^\n]*)\n(.*?)```").FindStringSubmatchIndex(text)
	if screen == nil {
		t.Fatal("README.md shows no preview")
	}
	t.Chdir(repository)
	out := runProgram(t, nil, words(text[screen[2]:screen[3]])[1:]...)
	_, plan, _ := strings.Cut(out.stdout, "\nPlan: ")
	plan = "Plan: " + strings.TrimSpace(plan) + "\n"
	if lines := strings.Count(plan, "\n"); lines > 33 || lines < 8 {
		t.Errorf("the plan has %d lines:\n%s", lines, plan)
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(text[:screen[4]]+plan+text[screen[5]:]), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got := text[screen[4]:screen[5]]; got != plan {
		t.Errorf("README.md shows\n%s\nthe program says (go test ./internal/cli -run %s -update)\n%s", got, t.Name(), plan)
	}
}

// othersLines are command lines of programs that have flags of their own.
var othersLines = regexp.MustCompile(`(?m)^  kubectl .*$`)

// TestWhatTheDocsNameExists looks for flags, variables, topics, files and targets of make that the docs name
// and that there are not.
func TestWhatTheDocsNameExists(t *testing.T) {
	flags := map[string]bool{"help": true}
	for _, c := range everyCommand(newRoot(newProgram(Env{}, nil))) {
		c.Flags().VisitAll(func(f *pflag.Flag) { flags[f.Name] = true })
		c.PersistentFlags().VisitAll(func(f *pflag.Flag) { flags[f.Name] = true })
	}
	variables := allVariables(newRoot(newProgram(Env{}, nil)))
	makefile := fileText(t, "Makefile")
	all := docs(t)
	all[".env.example"] = fileText(t, ".env.example")
	for where, text := range all {
		for _, flag := range allMatches(othersLines.ReplaceAllString(text, ""), `(?:^|[\s(\x60])--([a-z][a-z0-9-]*)`) {
			if !flags[flag] {
				t.Errorf("%s: there is no flag --%s", where, flag)
			}
		}
		for _, name := range allMatches(text, `\b((?:PH2CIO|CUSTOMERIO)_[A-Z_]*[A-Z])\b`) {
			if !slices.Contains(variables, name) {
				t.Errorf("%s: there is no variable %s", where, name)
			}
		}
		for _, target := range allMatches(text, "`make ([a-z]+)`") {
			if !strings.Contains(makefile, "\n"+target+":") {
				t.Errorf("%s: there is no make %s", where, target)
			}
		}
		for _, path := range allMatches(text, "`((?:internal|testdata|cmd)/[^` *]*)`") {
			if _, err := os.Stat(filepath.Join(repository, path)); err != nil {
				t.Errorf("%s: %v", where, err)
			}
		}
	}
	for _, target := range allMatches(readme(t), `(?m)^make ([a-z]+)`) {
		if !strings.Contains(makefile, "\n"+target+":") {
			t.Errorf("README.md: there is no make %s", target)
		}
	}
}

// TestLinksOfREADME follows links within README.md and to files beside it.
func TestLinksOfREADME(t *testing.T) {
	text := readme(t)
	var anchors []string
	for _, heading := range allMatches(text, `(?m)^#+ (.*)$`) {
		plain := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(heading), "")
		anchors = append(anchors, strings.ReplaceAll(plain, " ", "-"))
	}
	for _, link := range allMatches(text, `\]\(([^)]+)\)`) {
		path, anchor, _ := strings.Cut(link, "#")
		if strings.Contains(link, "://") {
			continue
		}
		if path != "" {
			if _, err := os.Stat(filepath.Join(repository, path)); err != nil {
				t.Error(err)
			}
		} else if !slices.Contains(anchors, anchor) {
			t.Errorf("no heading is #%s: %q", anchor, anchors)
		}
	}
}

// TestMessagesInREADMEExist holds that the program says what README.md quotes in its table of troubles.
func TestMessagesInREADMEExist(t *testing.T) {
	var code strings.Builder
	err := filepath.WalkDir(filepath.Join(repository, "internal"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		code.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	cells := strings.Join(allMatches(readme(t), `(?m)^\| (\d+ "[^|]+) \|`), "\n")
	messages := allMatches(cells, `"([^"]+)"`)
	if len(messages) < 3 {
		t.Errorf("README.md quotes %q", messages)
	}
	for _, message := range messages {
		if !strings.Contains(code.String(), message) {
			t.Errorf("README.md: the program never says %q", message)
		}
	}
}

// TestTopics holds what every topic of help keeps to.
func TestTopics(t *testing.T) {
	root := newRoot(newProgram(Env{}, nil))
	for _, c := range root.Commands() {
		if !c.IsAdditionalHelpTopicCommand() {
			continue
		}
		if page, _, _ := findPage(root, []string{c.Name()}); page != c {
			t.Errorf("ph2cio help %s shows another page", c.Name())
		}
		if !strings.Contains(readme(t), "`"+c.Name()+"`") {
			t.Errorf("README.md does not name the topic %s", c.Name())
		}
		source := fileText(t, "internal/cli/help/"+c.Name()+".txt")
		for line := range strings.Lines(source) {
			if line = strings.TrimRight(line, "\n"); strings.HasPrefix(line, " ") && len([]rune(line)) > 78 {
				t.Errorf("%s: a line that stands as it is has %d columns: %s", c.Name(), len([]rune(line)), line)
			}
		}
		if first := strings.Split(source, "\n")[2]; strings.HasPrefix(first, " ") {
			t.Errorf("%s does not begin with a paragraph: %q", c.Name(), first)
		}
	}
}

// mostWords is how many words the glossaries may explain, here and for users.
const mostWords = 25

func TestGlossariesAreShort(t *testing.T) {
	users := allMatches(fileText(t, "internal/cli/help/terms.txt"), `(?m)^  (\S.*?)  `)
	ours := allMatches(fileText(t, "internal/doc.go"), `(?m)^//	([a-z][a-zA-Z, ]*?)  +\S`)
	at := slices.Index(ours, "row")
	if at < 0 {
		t.Fatalf("internal/doc.go does not explain a row: %q", ours)
	}
	ours = ours[at:] // packages stand before it
	for where, words := range map[string][]string{"ph2cio help terms": users, "internal/doc.go": ours} {
		if len(words) > mostWords || len(words) < 10 {
			t.Errorf("%s explains %d words: %q", where, len(words), words)
		}
	}
}

func everyCommand(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, below := range c.Commands() {
		all = append(all, everyCommand(below)...)
	}
	return all
}

// allMatches is what the first group of an expression matches in a text.
func allMatches(text, expression string) (all []string) {
	for _, match := range regexp.MustCompile(expression).FindAllStringSubmatch(text, -1) {
		all = append(all, match[1])
	}
	return all
}

// repository is where README.md is. Tests change the working directory.
var repository, _ = filepath.Abs("../..")

func fileText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
