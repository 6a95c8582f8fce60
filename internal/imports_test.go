package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "ph2cio/"

// imports is the map of doc.go: what each package may import of ours. A package that is not in it is not on
// the map.
var imports = map[string][]string{
	"cmd/ph2cio":                   {"internal/cli"},
	"internal":                     {},
	"internal/cli":                 under("spelling", "mappingfile", "expression", "jsondiff", "jsonschema", "sentdiff", "rawjson", "cli/terminal", "cli/webreport", "cli/dotenv", "transfer/deliver", "job", "transfer", "inspect", "explain", "people", "mapping", "posthog", "customerio", "ledger", "progress", "redact", "sandbox", "escape", "regularfile", "report", "source", "objectstore", "exit", "leftovers", "durable", "diskspace"),
	"internal/cli/terminal":        under("rawjson", "sentdiff", "transfer/deliver", "transfer", "inspect", "explain", "people", "mapping", "posthog", "customerio", "escape", "report"),
	"internal/cli/webreport":       under("cli/terminal", "transfer/deliver", "transfer", "inspect", "mapping", "posthog", "source", "redact", "escape", "report"),
	"internal/cli/dotenv":          {},
	"internal/job":                 under("transfer/deliver", "transfer", "asread", "mapping", "posthog", "ledger", "report", "source", "exit"),
	"internal/transfer":            under("transfer/deliver", "asread", "people", "mapping", "posthog", "customerio", "ledger", "spool", "escape", "parallel", "regularfile", "report", "source", "exit", "rawjson", "durable"),
	"internal/inspect":             under("transfer/deliver", "transfer", "people", "mapping", "posthog", "parallel", "rawjson", "source"),
	"internal/explain":             under("transfer", "people", "mapping", "posthog", "customerio"),
	"internal/asread":              under("ledger", "source"),
	"internal/transfer/deliver":    under("customerio", "ledger"),
	"internal/people":              under("posthog", "fold", "identity", "parallel", "spool", "rawjson"),
	"internal/fold":                under("identity", "spool", "rawjson"),
	"internal/mapping":             under("spelling", "mappingfile", "propertyfilter", "posthog", "people", "customerio", "expression", "redact", "rawjson"),
	"internal/mappingfile":         under("spelling", "expression", "escape", "rawjson"),
	"internal/propertyfilter":      under("posthog", "rawjson"),
	"internal/expression":          under("redact", "spelling", "rawjson"),
	"internal/codec":               {},
	"internal/parquet":             under("codec"),
	"internal/posthog":             under("codec", "parquet", "escape", "rawjson", "report", "source", "exit"),
	"internal/source":              under("escape", "parallel"),
	"internal/objectstore":         under("loopback", "source", "report", "exit", "leftovers", "diskspace"),
	"internal/customerio":          under("loopback", "rawjson", "exit"),
	"internal/identity":            {},
	"internal/sandbox":             under("sandbox/ring", "sandbox/trackapi", "sandbox/workspace"),
	"internal/sandbox/ring":        {},
	"internal/sandbox/trackapi":    {},
	"internal/sandbox/workspace":   under("sandbox/ring", "sandbox/trackapi"),
	"internal/ledger":              under("escape", "regularfile", "exit", "leftovers", "durable"),
	"internal/rawjson":             {},
	"internal/jsondiff":            under("rawjson"),
	"internal/jsonschema":          {},
	"internal/sentdiff":            under("jsondiff", "customerio", "spool", "rawjson"),
	"internal/parallel":            {},
	"internal/report":              {},
	"internal/exit":                {},
	"internal/escape":              {},
	"internal/leftovers":           {},
	"internal/durable":             {},
	"internal/loopback":            {},
	"internal/spelling":            {},
	"internal/diskspace":           {},
	"internal/redact":              {},
	"internal/regularfile":         under("exit"),
	"internal/spool":               under("exit", "leftovers", "durable", "diskspace"),
	"internal/progress":            under("report"),
	"internal/testkit/synthetic":   {},
	"internal/testkit/rulebook":    {},
	"internal/testkit/schemacheck": {},
	"internal/testkit/worlds":      {},
	"internal/testkit/packing":     {},
	"internal/testkit/parquets":    {},
	"internal/testkit/race":        {},
	"internal/testkit/plans":       under("transfer", "people", "mapping", "source"),
	"internal/testkit/sources":     under("source"),
	"internal/testkit/s3server":    under("testkit/fakestore", "testkit/realstore"),
	"internal/testkit/fakestore":   {},
	"internal/testkit/azurite":     under("testkit/fakestore", "testkit/realstore"),
	"internal/testkit/realstore":   {},
	"internal/testkit/browser":     {},
	"internal/testkit/bench":       under("testkit/synthetic", "testkit/fakestore", "testkit/s3server", "exit"),
}

// forTests may be imported by the tests of every package.
var forTests = under("mappingfile", "sandbox", "source", "testkit/packing", "testkit/parquets", "testkit/plans", "testkit/race", "testkit/sources", "testkit/s3server", "testkit/azurite", "testkit/browser", "testkit/fakestore", "testkit/synthetic", "testkit/rulebook", "testkit/schemacheck", "testkit/worlds")

func under(names ...string) []string {
	for i, name := range names {
		names[i] = "internal/" + name
	}
	return names
}

// source is one Go file of ours. The files are parsed, not asked for with go list: its answer would come from
// the test cache even after the map was broken.
type source struct {
	file  string // from the root, with slashes
	dir   string
	test  bool
	text  []byte
	lines int
	tree  *ast.File
}

const root = ".."

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, top := range []string{"cmd", "internal"} {
		walk(t, top, func(file string) {
			if path.Ext(file) != ".go" || strings.Contains(file, "/testdata/") {
				return
			}
			s := source{file: file, dir: path.Dir(file), test: strings.HasSuffix(file, "_test.go"), text: read(t, file)}
			s.lines = strings.Count(string(s.text), "\n")
			var err error
			s.tree, err = parser.ParseFile(token.NewFileSet(), file, s.text, parser.ImportsOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		})
	}
	if len(all) < 20 {
		t.Fatalf("only %d Go files found: this test looks in the wrong place", len(all))
	}
	return all
}

// walk calls visit for the files below a folder of the repository, but for what version control ignores.
func walk(t *testing.T, top string, visit func(file string)) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root, top), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := filepath.Rel(root, name)
		file = filepath.ToSlash(file)
		if ext := path.Ext(file); ext != ".test" && ext != ".prof" {
			visit(file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestImportsFollowTheMap(t *testing.T) {
	for _, s := range sources(t) {
		allowed, known := imports[s.dir]
		if !known {
			t.Errorf("%s: package %s is not on the map in internal/doc.go and imports_test.go", s.file, s.dir)
			continue
		}
		if s.test {
			allowed = slices.Concat(allowed, forTests, []string{s.dir})
		}
		for _, spec := range s.tree.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if ours, ok := strings.CutPrefix(name, module); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s, which the map does not allow: %v", s.file, ours, allowed)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	said := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		said[s.dir] = said[s.dir] || s.tree.Doc != nil
	}
	for dir, ok := range said {
		if !ok {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	const most = 450
	for _, s := range sources(t) {
		if !s.test && s.lines > most {
			t.Errorf("%s has %d lines: above %d, a file usually holds two ideas", s.file, s.lines, most)
		}
	}
}

// TestNoPlaceIsNamed keeps the places where people work on this out of it. The words are put together here,
// so that this file does not hold them.
func TestNoPlaceIsNamed(t *testing.T) {
	places := []string{"/wo" + "rk/", "../sha" + "red", "proxy.go" + "lang.org"}
	check := func(file string) {
		text := string(read(t, file))
		for _, place := range places {
			if strings.Contains(text, place) {
				t.Errorf("%s names %s", file, place)
			}
		}
	}
	for _, top := range []string{"cmd", "internal", "testdata", ".ci"} {
		walk(t, top, check)
	}
	for _, file := range []string{"Makefile", "README.md", "LICENSE", ".env.example", ".gitignore", "go.mod"} {
		if _, err := os.Stat(filepath.Join(root, file)); err == nil {
			check(file)
		}
	}
}
