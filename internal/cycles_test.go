package internal

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// filesInOneCycle is how many files of a package may use each other in a cycle, for packages that are not in cycles.
func filesInOneCycle(dir string) int {
	if dir == "internal/cli" {
		return 20 // each command has a file, and what all of them share
	}
	return 8
}

// cycles lists the packages whose largest cycle still has more files, with that number. A number here only falls.
// The empty lines let two branches that lower neighbouring numbers merge without a conflict.
var cycles = map[string]int{}

// TestFilesFormLayers measures, in each package, the largest set of files that use each other in a cycle. A file uses another
// when it names a function, type, variable, constant, method or field that the other declares.
func TestFilesFormLayers(t *testing.T) {
	built := listBuilt(t)
	files := map[string][]source{} // by package; reading them here makes go test run this again after a change
	for _, s := range sources(t) {
		if b := built[module+s.dir]; slices.Contains(b.GoFiles, path.Base(s.file)) {
			files[s.dir] = append(files[s.dir], s)
		}
	}
	for dir := range cycles {
		if files[dir] == nil {
			t.Errorf("there is no package %s: delete its line from cycles in cycles_test.go", dir)
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(files)) {
		limit, listed := cycles[dir]
		if !listed {
			limit = filesInOneCycle(dir)
		}
		cycle := largestCycle(uses(t, dir, files[dir], built))
		switch n := len(cycle); {
		case n > limit:
			t.Errorf("%s: %d files use each other in a cycle, at most %d may: %s", dir, n, limit, strings.Join(cycle, ", "))
		case !listed || n == limit || runtime.GOOS != "linux":
			// The numbers are those of Linux: elsewhere another file of a few lines may take part.
		case n <= filesInOneCycle(dir):
			t.Errorf("%s: %d files use each other in a cycle: delete its line from cycles in cycles_test.go", dir, n)
		default:
			t.Errorf("%s: %d files use each other in a cycle: write %d instead of %d in cycles_test.go", dir, n, n, limit)
		}
	}
}

// builtPackage is what go list says about a package.
type builtPackage struct {
	ImportPath string
	Export     string   // the file that holds the types of what it exports
	GoFiles    []string // those that this platform builds, without tests
}

// listBuilt builds our packages and those they import. It returns them by their import paths.
func listBuilt(t *testing.T) map[string]builtPackage {
	t.Helper()
	list := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export,GoFiles", "./cmd/...", "./internal/...")
	list.Dir = root
	list.Stderr = t.Output()
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	built := map[string]builtPackage{}
	for packages := json.NewDecoder(strings.NewReader(string(out))); ; {
		var b builtPackage
		err := packages.Decode(&b)
		if errors.Is(err, io.EOF) {
			return built
		}
		if err != nil {
			t.Fatal(err)
		}
		built[b.ImportPath] = b
	}
}

// uses tells for each file of a package which others of the package it uses.
func uses(t *testing.T, dir string, files []source, built map[string]builtPackage) map[string]map[string]bool {
	t.Helper()
	positions := token.NewFileSet()
	var trees []*ast.File
	for _, s := range files {
		tree, err := parser.ParseFile(positions, path.Base(s.file), s.text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		trees = append(trees, tree)
	}
	config := types.Config{Importer: importer.ForCompiler(positions, "gc", func(name string) (io.ReadCloser, error) {
		return os.Open(built[name].Export)
	})}
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	this, err := config.Check(module+dir, positions, trees, &info)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]map[string]bool{}
	for _, s := range files {
		used[path.Base(s.file)] = map[string]bool{}
	}
	for name, object := range info.Uses {
		if object.Pkg() != this || !declaredByFile(object, this) {
			continue
		}
		from, to := positions.Position(name.Pos()).Filename, positions.Position(object.Pos()).Filename
		if from != to {
			used[from][to] = true
		}
	}
	return used
}

// declaredByFile tells whether an object is at the top level of a file, or a method or field. Others are within functions.
func declaredByFile(object types.Object, in *types.Package) bool {
	switch object := object.(type) {
	case *types.Func:
		return true
	case *types.Var:
		return object.IsField() || object.Parent() == in.Scope()
	default:
		return object.Parent() == in.Scope()
	}
}

// largestCycle returns the most files of which each uses each other, if only through others of them. It returns none if no
// two do.
func largestCycle(used map[string]map[string]bool) (largest []string) {
	reached := map[string]map[string]bool{}
	for file := range used {
		reached[file] = map[string]bool{}
		reach(used, file, reached[file])
	}
	for _, file := range slices.Sorted(maps.Keys(used)) {
		var cycle []string
		for other := range reached[file] {
			if reached[other][file] {
				cycle = append(cycle, other)
			}
		}
		if len(cycle) > len(largest) {
			largest = cycle
		}
	}
	slices.Sort(largest)
	return largest
}

// reach adds the files that one uses, and those that they use.
func reach(used map[string]map[string]bool, file string, reached map[string]bool) {
	for other := range used[file] {
		if !reached[other] {
			reached[other] = true
			reach(used, other, reached)
		}
	}
}

func TestLargestCycle(t *testing.T) {
	files := func(names ...string) map[string]bool {
		set := map[string]bool{}
		for _, name := range names {
			set[name] = true
		}
		return set
	}
	for _, test := range []struct {
		used map[string]map[string]bool
		want []string
	}{
		{used: map[string]map[string]bool{}},
		{used: map[string]map[string]bool{"a": files("b", "c"), "b": files("c"), "c": files()}},
		{used: map[string]map[string]bool{"a": files("b"), "b": files("a"), "c": files("a")}, want: []string{"a", "b"}},
		{used: map[string]map[string]bool{"a": files("b"), "b": files("c"), "c": files("a"), "d": files("a", "e"), "e": files("d")}, want: []string{"a", "b", "c"}},
	} {
		if got := largestCycle(test.used); !slices.Equal(got, test.want) {
			t.Errorf("largest cycle of %v is %v, want %v", test.used, got, test.want)
		}
	}
}
