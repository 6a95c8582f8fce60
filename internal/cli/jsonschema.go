package cli

import (
	_ "embed"
	"reflect"
	"strings"

	"ph2cio/internal/explain"
	"ph2cio/internal/inspect"
	"ph2cio/internal/jsonschema"
	"ph2cio/internal/people"
	"ph2cio/internal/sentdiff"
	"ph2cio/internal/transfer"
)

// schemaTexts describes each member of these documents: a line with the name of a type, and below it, with a tab,
// its members, each with a tab and its description.
//
//go:embed jsonschema.txt
var schemaTexts string

// documentSchema is the schema of all documents that --json writes.
func documentSchema() *jsonschema.Schema {
	return &jsonschema.Schema{
		Title: "The documents of ph2cio --json",
		Description: "A command writes one of these documents to standard output. What is new in a later version is added as a new member. " +
			"Times are RFC 3339, sizes are bytes, and durations are seconds.",
		Documents: []jsonschema.Document{
			documentOf[inspect.Result]("inspect", "what is in an export"),
			documentOf[summaryDocument]("preview", "what would be sent"),
			documentOf[summaryDocument]("backfill", "what was sent; with --dry-run what would be"),
			documentOf[summaryDocument]("sync", "what was sent; with --dry-run what would be"),
			documentOf[summaryDocument]("retry", "what was sent; with --dry-run what would be"),
			documentOf[initDocument]("init", "where the credentials are, and whose they are"),
			documentOf[checksDocument]("check", "what was checked"),
			documentOf[statesDocument]("status", "what has been sent and what is left"),
			documentOf[explain.Person]("explain", "one person"),
			documentOf[sentdiff.Result]("preview-diff", "ph2cio preview --diff --json: what another mapping file changes"),
			documentOf[dismissedDocument]("retry-dismiss", "ph2cio retry --dismiss --json: what was closed"),
			documentOf[mappingDocument]("mapping-show", "ph2cio mapping show --json: a mapping file, whose schema `ph2cio mapping schema` prints"),
			documentOf[testResults]("mapping-test", "ph2cio mapping test --json: which tests of the mapping file gave what they expect"),
			documentOf[textDocument]("mapping-init", "ph2cio mapping init --json: the text of a new mapping file"),
			documentOf[fileDocument]("mapping-init-file", "ph2cio mapping init FILE --json: where the new mapping file is"),
			documentOf[sandboxDocument]("sandbox", "where the sandbox listens, while it runs"),
			documentOf[versionInfo]("version", "the version of the program"),
			documentOf[errorDocument]("error", "ph2cio --json, after an error: any command that failed before it had a document of its own"),
		},
		Texts: parseSchemaTexts(schemaTexts),
		Raw:   map[string]reflect.Type{"Run.summary": reflect.TypeFor[summaryDocument]()},
		Names: map[reflect.Type]string{
			reflect.TypeFor[summaryDocument](): "Summary", reflect.TypeFor[inspect.Result](): "Inspection", reflect.TypeFor[inspect.Reject](): "RejectReason",
			reflect.TypeFor[sentdiff.Result](): "Comparison", reflect.TypeFor[sentdiff.Member](): "DifferenceOfMember", reflect.TypeFor[people.LinkCounts](): "Links",
			reflect.TypeFor[transfer.AttributeSummary](): "Summary", reflect.TypeFor[checksDocument](): "Checks", reflect.TypeFor[statesDocument](): "Status",
			reflect.TypeFor[stateReport](): "State", reflect.TypeFor[runReport](): "Run", reflect.TypeFor[sourceReport](): "SourceOfRun",
			reflect.TypeFor[runningNow](): "Running", reflect.TypeFor[waitingNow](): "Waiting", reflect.TypeFor[dismissedDocument](): "Dismissed",
			reflect.TypeFor[mappingDocument](): "Mapping", reflect.TypeFor[testResults](): "MappingTests", reflect.TypeFor[testResult](): "MappingTest", reflect.TypeFor[operationDiff](): "TestDifference",
			reflect.TypeFor[memberDiff](): "TestMember", reflect.TypeFor[textDocument](): "NewMapping", reflect.TypeFor[fileDocument](): "NewMappingFile",
			reflect.TypeFor[initDocument](): "Init", reflect.TypeFor[sandboxDocument](): "Sandbox", reflect.TypeFor[versionInfo](): "Version", reflect.TypeFor[errorDocument](): "Error",
		},
	}
}

// documentOf describes a document, which is that of the command of its name unless the description begins with another
// command line.
func documentOf[T any](name, description string) jsonschema.Document {
	title := "ph2cio " + name + " --json"
	if other, rest, ok := strings.Cut(description, ": "); ok && strings.HasPrefix(other, "ph2cio ") {
		title, description = other, rest
	}
	return jsonschema.Document{Name: name, Title: title, Description: description, Type: reflect.TypeFor[T]()}
}

// parseSchemaTexts returns the descriptions by type and member.
func parseSchemaTexts(text string) jsonschema.Texts {
	texts, of := jsonschema.Texts{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		name, text, described := strings.Cut(strings.TrimPrefix(line, "\t"), "\t")
		switch {
		case !strings.HasPrefix(line, "\t"):
			of = line
		case described:
			texts[of+"."+name] = text
		}
	}
	return texts
}

// schemaText is the schema as JSON.
func schemaText() []byte {
	text, err := documentSchema().JSON()
	if err != nil {
		panic(err) // a mistake in jsonschema.txt, which a test shows
	}
	return text
}
