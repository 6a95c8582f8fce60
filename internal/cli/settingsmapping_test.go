package cli

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"ph2cio/internal/exit"
	"ph2cio/internal/job"
	"ph2cio/internal/mappingfile"
)

// settled returns what a command line, the environment and a mapping file amount to for preview: the flags
// that change what is sent, and what is wrong.
func settled(t *testing.T, mapping string, variables map[string]string, args ...string) (sent job.Flags, p *program, err error) {
	t.Helper()
	t.Chdir(t.TempDir())
	write(t, "m.yaml", mapping)
	p = newProgram(Env{Getenv: func(name string) (string, bool) { value, ok := variables[name]; return value, ok }, Environ: func() []string { return nil }}, args)
	root := newRoot(p)
	o := &mappingOptions{}
	c := &cobra.Command{Use: "try", Run: func(*cobra.Command, []string) {}}
	o.addFlags(flagsInOrder(c), "hold", p)
	root.AddCommand(c)
	explainListErrors(root)
	collectMistakes(p, root)
	if err := c.ParseFlags(append([]string{"--mapping", "m.yaml"}, args...)); err != nil {
		t.Fatal(err)
	}
	if err := p.applySettings(c); err != nil {
		t.Fatal(err)
	}
	if err := p.applyMappingFile(c); err != nil {
		return nil, p, err
	}
	sent, err = sentFlags(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return sent, p, nil
}

// TestSettingsOfAMappingFile holds which values flags get, and which flags make a run another one.
func TestSettingsOfAMappingFile(t *testing.T) {
	for _, c := range []struct {
		name, mapping string
		want          job.Flags
	}{
		{"empty", "", job.Flags{}},
		{"what says nothing", "settings:\nrules: []\ntests: []\n", job.Flags{}},
		{"defaults", "settings: {page-name: url, identify-by: id, events: '', merge-profiles: false, event-value-limit: 0}", nil},
		{"scalars as typed", "settings: {page-name: title, events: 'a,b', event-value-limit: 100, merge-profiles: true, event-attribute: 'x=a,b'}",
			job.Flags{"page-name": "title", "events": "[a,b]", "event-value-limit": "100", "merge-profiles": "true", "event-attribute": `["x=a,b"]`}},
		{"each item is one value", `settings: {events: ['a,b', 'c "d"', ' e', "f\ng"], event-attribute: [x=1, 'y=2,3'], identify-by: [email, id]}`,
			job.Flags{"events": "[\"a,b\",\"c \"\"d\"\"\",\" e\",\"f\ng\"]", "event-attribute": `[x=1,"y=2,3"]`, "identify-by": "[email,id]"}},
		{"files by their content", "settings: {existing: m.yaml}",
			job.Flags{"existing": job.FilesWith + "ecfefa15ea48cc9a3365dac8a8a2842f440a6b0de8cc6e60179c71e2768d2ded"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sent, p, err := settled(t, c.mapping, nil)
			if c.want == nil {
				if err == nil || !strings.Contains(err.Error(), "m.yaml:1:45: events is empty") {
					t.Errorf("%v", err)
				}
				return
			}
			if diff := cmp.Diff(c.want, sent); err != nil || len(p.mistakes) > 0 || diff != "" {
				t.Errorf("%v %v; want -, got +:\n%s", err, p.mistakes, diff)
			}
		})
	}
}

// TestRulesOfAMappingFileAreAFlag holds that rules and filters make another run, and settings and tests do
// only as the flags that they are.
func TestRulesOfAMappingFileAreAFlag(t *testing.T) {
	const rule = "rules: [{events: debug, drop: true}]\n"
	first, _, _ := settled(t, rule, nil)
	if !strings.HasPrefix(first["mapping"], job.RulesWith) || len(first) != 1 {
		t.Fatal(first)
	}
	for text, same := range map[string]bool{
		"# other\nrules:\n  - drop: true\n    events: [debug]\n":          true,
		rule + "tests: [{name: a, rows: [{event: a}], operations: []}]\n": true,
		"rules: [{events: debug*, drop: true}]\n":                         false,
		rule + "test-accounts: [{key: email, operator: is_set}]\n":        false,
	} {
		if other, _, err := settled(t, text, nil); err != nil || (other["mapping"] == first["mapping"]) != same || len(other) != 1 {
			t.Errorf("%s: %v %v, and %v at first", text, other, err, first)
		}
	}
	other, _, err := settled(t, rule+"settings: {page-name: title}\n", nil)
	if other["mapping"] != first["mapping"] || other["page-name"] != "title" || err != nil {
		t.Errorf("with a setting: %v, %v", other, err)
	}
}

// TestTheMappingFileComesLast holds that a flag and the environment win over the mapping file, and that what
// is wrong is named by its line.
func TestTheMappingFileComesLast(t *testing.T) {
	const mapping = "settings:\n  page-name: title\n  events: a\n  dots: _\n"
	sent, p, err := settled(t, mapping, map[string]string{"PH2CIO_EVENTS": "b", "PH2CIO_PAGE_NAME": "path"}, "--page-name", "url")
	if diff := cmp.Diff(job.Flags{"events": "[b]", "dots": "_"}, sent); err != nil || diff != "" {
		t.Errorf("%v; want -, got +:\n%s", err, diff)
	}
	want := map[string]string{"events": "PH2CIO_EVENTS in the environment", "dots": "dots in m.yaml:4"}
	if diff := cmp.Diff(want, p.origins); diff != "" {
		t.Errorf("origins: want -, got +:\n%s", diff)
	}
}

func TestMistakesInTheSettingsOfAMappingFile(t *testing.T) {
	_, p, err := settled(t, `settings:
  rate: 5
  evnts: x
  recent: [hold]
  filter: a
  api-key: x
  mapping: other.yaml
  events: []
  skip-events: [a, '']
  state: x
  frobnicate: 1
`, nil)
	want := "m.yaml:2:3: rate does not say what an export becomes: it belongs on the command line, in the environment or in .env\n" +
		"m.yaml:3:3: evnts is not a setting; did you mean events?\n" +
		"m.yaml:4:3: recent takes one value, not a list\n" +
		"m.yaml:5:3: filter is not a setting; did you mean events?\n" +
		"m.yaml:6:3: a mapping file has no credentials: set `CUSTOMERIO_SITE_ID` and `CUSTOMERIO_API_KEY` in the environment or .env\n" +
		"m.yaml:7:3: a mapping file cannot name another one\n" +
		"m.yaml:8:3: events is an empty list; give it a value, or leave it out\n" +
		"m.yaml:9:3: skip-events has an empty value\n" +
		"m.yaml:10:3: state does not say what an export becomes: it belongs on the command line, in the environment or in .env\n" +
		"m.yaml:11:3: frobnicate is not a setting; the settings are the flags that `ph2cio mapping schema` lists"
	if err == nil || cmp.Diff(want, err.Error()) != "" || len(p.mistakes) > 0 {
		t.Errorf("%v; want -, got +:\n%s", p.mistakes, cmp.Diff(want, err.Error()))
	}
}

// TestAMappingFileMustBeAFileHere holds what is refused in place of a file, all of it as a mistake.
func TestAMappingFileMustBeAFileHere(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "mapping.yaml", "rules:\n  - events: a\n    wen: x\n  - drop: true\n")
	write(t, "values.yaml", "settings:\n  page-name: titel\n  event-value-limit: x\n")
	write(t, "settings.yaml", "settings:\n  page_name: url\n  rate: 5\n  people: al\nrules:\n  - events: a\n")
	for path, want := range map[string]string{
		"-":            "--mapping must be a file, not standard input",
		"s3://a/b":     "--mapping must be a file on this machine, not a URL",
		"mappin.yaml":  "--mapping: mappin.yaml does not exist\nhint: did you mean mapping.yaml?",
		"~/a.yaml":     "--mapping: ~ is not expanded here",
		".":            "--mapping: . is a directory, not a regular file",
		"mapping.yaml": "mapping.yaml:3:5: a rule has no key wen (did you mean when?)\nmapping.yaml:4:5: a rule has no events\n",
		"values.yaml": "error: values.yaml:2:3: page-name must be url, url-no-query, path, title or event, not \"titel\"; did you mean title?\n" +
			"values.yaml:3:3: event-value-limit must be a whole number, not \"x\"\n",
		"settings.yaml": "error: settings.yaml:2:3: page_name is not the name of a flag (did you mean page-name?)\n" +
			"settings.yaml:3:3: rate does not say what an export becomes: it belongs on the command line, in the environment or in .env\n" +
			"settings.yaml:4:3: people must be identified, with-email or all, not \"al\"; did you mean all?\n" +
			"settings.yaml:6:5: the rule does nothing (add drop: true, send-as, name, attributes, person, person-once or dates)\n",
	} {
		out := runProgram(t, nil, "preview", "--mapping", path, "x.jsonl")
		if out.code != 2 || !strings.Contains(out.stderr, want) {
			t.Errorf("%s: exit code %d, %s", path, out.code, out.stderr)
		}
	}
}

// TestOtherCommandsSettingsAreIgnored gives check a file with flags that it does not have.
func TestOtherCommandsSettingsAreIgnored(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "m.yaml", "settings:\n  page-name: title\n  timezone: nowhere\n")
	out := runProgram(t, nil, "check", "--mapping", "m.yaml", "x.jsonl")
	if !strings.Contains(out.stdout, "m.yaml:3:3: timezone: \"nowhere\" is not a time zone") || strings.Contains(out.stdout+out.stderr, "page-name") {
		t.Errorf("exit code %d, %s%s", out.code, out.stdout, out.stderr)
	}
}

// TestWhatAMappingFileMaySet lists the flags of which a mapping file has a say.
func TestWhatAMappingFileMaySet(t *testing.T) {
	var names []string
	for _, one := range knownSettings(newRoot(newProgram(Env{}, nil))) {
		names = append(names, one.Name)
	}
	want := strings.Fields(`events skip-events since until recent live-since live-backfilled people identify-by persons all-people
		user-id identifier-value merge merge-profiles identity only existing exclude-people
		page-name screen-name dots properties drop-property redact-query event-value-limit event-attribute
		person-properties person-attribute unset date-attributes allow-reserved identify-timestamp
		column timezone team accept-damaged`)
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// TestWhatTheMappingRefusesInAFile points to the page of help about the file, also where only the mapping knows
// what is wrong.
func TestWhatTheMappingRefusesInAFile(t *testing.T) {
	file, err := mappingfile.Read([]byte("test-accounts: [{key: a, operator: between, value: [3, 1]}]"), "m.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := &mappingOptions{file: func() *mappingfile.File { return file }}
	_, _, err = o.rules(time.Now())
	of, ok := errors.AsType[*problem](err)
	if !ok || of.hint != mappingHelp || of.code != exit.Usage || !strings.Contains(of.Error(), "m.yaml:1:17: between: 3 is greater than 1") {
		t.Errorf("%v, %+v", err, of)
	}
}
