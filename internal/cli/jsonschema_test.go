package cli

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"ph2cio/internal/exit"
	"ph2cio/internal/testkit/schemacheck"
)

// readSchema reads the schema of the documents of --json once.
var readSchema = sync.OnceValues(func() (*schemacheck.Schema, error) {
	text, err := documentSchema().JSON()
	if err != nil {
		return nil, err
	}
	return schemacheck.New(text)
})

var schemaLock sync.Mutex

// checkDocument checks a document that a test made a command write.
func checkDocument(t *testing.T, document any) {
	t.Helper()
	schemaLock.Lock()
	defer schemaLock.Unlock()
	schema, err := readSchema()
	if err != nil {
		t.Error(err)
		return
	}
	text, err := json.Marshal(document)
	if err != nil {
		t.Error(err)
		return
	}
	if err := schema.Check(text); err != nil {
		t.Errorf("the document does not fit `ph2cio help json-schema`: %v\n%s", err, text)
	}
}

// uncoveredMembers returns the members of which testdata/unseen_members.txt says that tests of this package have
// them in a document, and that none had.
func uncoveredMembers() (uncovered []string) {
	schema, err := readSchema()
	if err != nil {
		return []string{err.Error()}
	}
	text, err := os.ReadFile("../../testdata/unseen_members.txt")
	if err != nil {
		return []string{err.Error()}
	}
	unseen := schema.Unseen()
	for line := range strings.Lines(string(text)) {
		if member, ok := strings.CutSuffix(line, "\ttests of package cli have it\n"); ok && slices.Contains(unseen, member) {
			uncovered = append(uncovered, member)
		}
	}
	return uncovered
}

func TestHelpPrintsTheSchema(t *testing.T) {
	out := runProgram(t, nil, "help", "json-schema")
	var schema struct {
		Dialect string `json:"$schema"`
		Defs    map[string]struct{ Title string }
	}
	text := strings.Replace(out.stdout, `"$defs"`, `"defs"`, 1)
	if err := json.Unmarshal([]byte(text), &schema); err != nil || out.code != exit.Done || !strings.HasPrefix(schema.Dialect, "https://json-schema.org/") {
		t.Fatalf("exit code %d, %v\n%.300s", out.code, err, out.stdout)
	}
	for name, title := range map[string]string{
		"backfill": "ph2cio backfill --json", "preview-diff": "ph2cio preview --diff --json", "error": "ph2cio --json, after an error",
	} {
		if got := schema.Defs[name].Title; got != title {
			t.Errorf("%s has the title %q, want %q", name, got, title)
		}
	}
}

// TestDocumentsOfNoCommand holds that what a command does not write breaks the schema.
func TestDocumentsOfNoCommand(t *testing.T) {
	schema, err := readSchema()
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range []string{`{"states":[],"more":1}`, `{"checks":[{"check":"clock","ok":"yes","says":"x"}]}`, `{"error":{"message":"x"}}`, `[]`} {
		if schema.Check([]byte(document)) == nil {
			t.Errorf("%s fits", document)
		}
	}
}

// TestDocumentsWithAMappingFile writes the documents that show most of what a mapping file does.
func TestDocumentsWithAMappingFile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "a.yaml", "test-accounts:\n  - {key: emial, type: person, operator: exact, value: x}\nrules:\n  - events: Order Completed\n    when: event.properties.total > 1\n    name: Bought\n")
	write(t, "b.yaml", "rules:\n  - events: [Order Completed]\n    attributes: {total: 'event.properties.total * 2'}\n")
	write(t, "e.jsonl", `{"uuid":"019cb84c-40bc-7204-b360-c62b27bcf5d1","event":"Order Completed","distinct_id":"user_1","timestamp":"2026-03-04T10:02:11Z","properties":{"total":3,"$set":{"email":"a@example.com"}}}
{"uuid":"019cb84c-40bc-7204-b360-c62b27bcf5d2","event":"Order Completed","distinct_id":"user_1","timestamp":"2026-03-04T10:02:12Z","properties":{"total":[]}}
{"uuid":"019cb84c-40bc-7204-b360-c62b27bcf5d3","event":"Visited","distinct_id":"User_1","timestamp":"2026-03-04T10:02:13Z","properties":{}}
`)
	for _, args := range [][]string{
		{"preview", "--mapping", "a.yaml", "e.jsonl"}, {"preview", "--mapping", "a.yaml", "--diff", "b.yaml", "e.jsonl"}, {"preview", "--diff", "b.yaml", "e.jsonl"},
		{"mapping", "show", "--mapping", "a.yaml"}, {"mapping", "init", "new.yaml"}, {"mapping", "init"}, {"explain", "--mapping", "a.yaml", "--id", "user_1", "e.jsonl"},
		{"explain", "--id", "USER_1", "e.jsonl"}, {"inspect", "--mapping", "a.yaml", "e.jsonl"},
	} {
		out := runProgram(t, nil, append(args, "--json")...)
		oneDocument(t, out.stdout)
		if strings.HasPrefix(out.stdout, "{\n  \"error\"") && args[0] != "explain" {
			t.Errorf("%v: %s", args, out.stdout)
		}
	}
}
