package cli

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/mappingfile"
)

// TestANewMappingFileChangesNothing reads what init writes, as it is and without the # before what is no
// prose: then its settings are the defaults, and its rules do what its test says.
func TestANewMappingFileChangesNothing(t *testing.T) {
	text := runProgram(t, nil, "mapping", "init").stdout
	if sent, p, err := settled(t, text, nil); err != nil || len(sent)+len(p.mistakes)+len(p.mapping.Settings) > 0 {
		t.Errorf("%v, %v, %v", sent, p.mistakes, err)
	}
	used := regexp.MustCompile(`(?m)^#([a-z]| {2,})`).ReplaceAllString(text, "$1")
	sent, p, err := settled(t, used, nil)
	if err != nil || len(sent) != 1 || sent[mappingFlag] == "" || len(p.mistakes) > 0 || len(p.mapping.Settings) < 15 {
		t.Errorf("its settings are not the defaults: %v, %v, %v\n%s", sent, p.mistakes, err, used)
	}
	write(t, "used.yaml", used)
	if out := runProgram(t, nil, "mapping", "test", "--mapping", "used.yaml"); out.code != 0 || !strings.Contains(out.stdout, "1 test is ok") {
		t.Errorf("exit code %d, %s%s", out.code, out.stdout, out.stderr)
	}
}

func TestMappingInitReplacesNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	if out := runProgram(t, nil, "mapping", "init", "m.yaml"); out.code != 0 || out.stdout != "" || !strings.Contains(out.stderr, "wrote m.yaml") {
		t.Errorf("exit code %d, %s", out.code, out.stderr)
	}
	written, err := os.ReadFile("m.yaml")
	if err != nil || string(written) != runProgram(t, nil, "mapping", "init").stdout {
		t.Error(err)
	}
	write(t, "m.yaml", "mine")
	for args, want := range map[string]string{
		"m.yaml": "m.yaml already exists", "none/m.yaml": "write a mapping file: open none/m.yaml", "a b": "mapping init takes one FILE, and was given 2",
	} {
		if out := runProgram(t, nil, append([]string{"mapping", "init"}, strings.Fields(args)...)...); out.code != 2 || !strings.Contains(out.stderr, want) {
			t.Errorf("%s: exit code %d, %s", args, out.code, out.stderr)
		}
	}
	if text, _ := os.ReadFile("m.yaml"); string(text) != "mine" {
		t.Errorf("it was replaced by %s", text)
	}
}

// TestMappingShow holds that what is shown says where it comes from, and is a mapping file that means the
// same.
func TestMappingShow(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "m.yaml", `settings:
  page-name: title
  events: [a, 'b,c']
  properties: custom
  unset: remove
rules:
  - {events: debug, drop: true}
tests:
  - {name: a, rows: [{event: a}], operations: []}
`)
	environment := map[string]string{"PH2CIO_EVENTS": `"x ""y""",z`}
	out := runProgram(t, environment, "mapping", "show", "--mapping", "m.yaml", "--team", "7")
	want := `settings:
  events: ['x "y"', z]  # PH2CIO_EVENTS in the environment
  page-name: title  # m.yaml:2
  unset: remove  # m.yaml:5
  team: '7'  # --team
rules:
  - events: debug  # m.yaml:7
    drop: true
# 1 test, which ` + "`ph2cio mapping test`" + ` runs
`
	if diff := cmp.Diff(want, out.stdout); diff != "" || out.code != 0 {
		t.Errorf("exit code %d, %s; want -, got +:\n%s", out.code, out.stderr, diff)
	}
	write(t, "settled.yaml", out.stdout)
	again := runProgram(t, nil, "mapping", "show", "--mapping", "settled.yaml", "--json")
	asJSON := runProgram(t, environment, "mapping", "show", "--mapping", "m.yaml", "--team", "7", "--json")
	one, err1 := mappingfile.Read([]byte(again.stdout), "again")
	other, err2 := mappingfile.Read([]byte(asJSON.stdout), "json")
	if err1 != nil || err2 != nil || one.Hash() != other.Hash() || len(other.Tests) != 1 {
		t.Errorf("%v %v\n%s\n%s", err1, err2, again.stdout, asJSON.stdout)
	}
	if out := runProgram(t, nil, "mapping", "show"); out.stdout != "# All flags have their defaults, and there are no rules.\n" {
		t.Error(out.stdout)
	}
	if out := runProgram(t, nil, "mapping", "show", "--page-name", "titel"); out.code != 2 {
		t.Errorf("exit code %d, %s", out.code, out.stdout)
	}
}

func TestMappingAlone(t *testing.T) {
	if out := runProgram(t, nil, "mapping"); out.code != 0 || !strings.Contains(out.stdout, "Usage: ph2cio mapping COMMAND") {
		t.Errorf("exit code %d, %s", out.code, out.stdout)
	}
	if out := runProgram(t, nil, "mapping", "shwo"); out.code != 2 || !strings.Contains(out.stderr, `no command "shwo"; did you mean show?`) {
		t.Errorf("exit code %d, %s", out.code, out.stderr)
	}
	var schema struct {
		Properties struct {
			Settings struct {
				Properties map[string]any `json:"properties"`
			} `json:"settings"`
		} `json:"properties"`
	}
	out := runProgram(t, nil, "mapping", "schema")
	if err := json.Unmarshal([]byte(out.stdout), &schema); err != nil || len(schema.Properties.Settings.Properties) < 30 {
		t.Errorf("%v, %v", err, schema)
	}
}
