package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// throughSource lists the packages that reach files through package source alone, so that whatever they do works for sources
// that are no files too.
var throughSource = []string{"internal/posthog", "internal/transfer", "internal/inspect", "internal/explain", "internal/job", "internal/asread", "internal/cli"}

// opensFiles lists the files of those packages that look at files themselves, none of which is a source. It only shrinks.
var opensFiles = map[string]string{
	"internal/transfer/rejects.go": "the file of rejects is the run's own, and must not replace another program's",

	"internal/cli/flagspeople.go":        "the lists of people that flags name",
	"internal/cli/flagssent.go":          "the content of files that flags name",
	"internal/cli/mappinginit.go":        "new mapping files",
	"internal/cli/mistypedpath.go":       "names near to one that is mistyped",
	"internal/cli/notifymetrics.go":      "the file of metrics",
	"internal/cli/outputpipe.go":         "outputs",
	"internal/cli/outputs.go":            "outputs",
	"internal/cli/protected.go":          "what no output may replace, sources among it",
	"internal/cli/protecteddirs.go":      "directories that flags name",
	"internal/cli/protectedown.go":       "files that the program wrote among sources",
	"internal/cli/settings.go":           "who may read the file of settings",
	"internal/cli/smallfile.go":          "the file of settings",
	"internal/cli/state.go":              "the state",
	"internal/cli/statedirs.go":          "the state",
	"internal/cli/statemissing.go":       "the state",
	"internal/cli/statenetwork.go":       "whether the state lies on a network",
	"internal/cli/statenetwork_linux.go": "whether the state lies on a network",
}

// openers are the functions that reach files, by package.
var openers = map[string][]string{
	"os":            {"DirFS", "Lstat", "Open", "OpenFile", "OpenRoot", "ReadDir", "ReadFile", "Stat"},
	"path/filepath": {"Glob", "Walk", "WalkDir"},
	"syscall":       {"Open", "Stat", "Lstat"},

	module + "internal/regularfile": {"Head", "Open", "OpenNoFollow"},
}

// TestSourcesAreOpenedInOnePlace holds that sources are opened and looked at by package source.
func TestSourcesAreOpenedInOnePlace(t *testing.T) {
	unused := maps.Clone(opensFiles)
	for _, s := range sources(t) {
		if s.test || !slices.Contains(throughSource, s.dir) {
			continue
		}
		calls := openerCalls(t, s)
		_, listed := opensFiles[s.file]
		switch {
		case len(calls) > 0 && !listed:
			t.Errorf("%s calls %s: sources are opened and looked at through package source", s.file, strings.Join(calls, ", "))
		case len(calls) > 0:
			delete(unused, s.file)
		}
	}
	for _, file := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("%s looks at no files: delete its line from opensFiles in openingfiles_test.go", file)
	}
}

// openerCalls returns which openers a file names.
func openerCalls(t *testing.T, s source) (calls []string) {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), s.file, s.text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{} // of imports, by what the file calls them
	for _, spec := range tree.Imports {
		imported := strings.Trim(spec.Path.Value, `"`)
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = imported
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if selected, ok := n.(*ast.SelectorExpr); ok {
			if of, ok := selected.X.(*ast.Ident); ok && slices.Contains(openers[names[of.Name]], selected.Sel.Name) {
				calls = append(calls, of.Name+"."+selected.Sel.Name)
			}
		}
		return true
	})
	return calls
}
