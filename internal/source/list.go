package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ph2cio/internal/parallel"
)

// Find is List for sources that must all exist: a dangling link is an error, and nothing is a stray.
func Find(ctx context.Context, args []string, remote Remote) ([]Source, error) {
	found, err := List(ctx, args, Options{Remote: remote})
	if err == nil {
		err = found.CheckLinks()
	}
	if err != nil {
		return nil, err
	}
	return found.Sources, nil
}

// CheckLinks returns an error if a link leads to nothing.
func (s *Snapshot) CheckLinks() error {
	if len(s.Broken) == 0 {
		return nil
	}
	return fmt.Errorf("%s links to a file that does not exist: remove the link or restore the file", s.Broken[0])
}

// Options select what List leaves out. The zero value leaves out nothing.
type Options struct {
	// Remote finds the stores of arguments that are URLs. Nil takes every argument for a path.
	Remote Remote
	// Recognise classifies a file that was found in a directory or by a glob by its content. Several
	// goroutines call it at once. With nil every file is a source.
	Recognise func(ctx context.Context, s Source) Content
	// Exclude reports whether to leave out a file or directory. It is called with its name, its path below
	// the argument, its path and its absolute path or its URL, and for a directory again with a slash after
	// each. Nil leaves nothing out.
	Exclude func(name string) bool
	// Ours reports whether a file in a directory or of a glob was written by this program. Nil leaves none
	// out.
	Ours func(path string) bool
	// Listings are what stores have listed for other snapshots of the same command, and gets what they list
	// now, so that no store is asked twice. Nil shares nothing.
	Listings *Listings
	Not      []string // files that are used for something else than as a source, under any name
}

// List turns files, directories, globs and URLs into the sources to read, sorted by name within each
// argument, each file once, even if it has several names. Directories are searched recursively. List leaves
// out hidden files, the manifests of batch exports (see isManifest), and strays, which are files in a
// directory that are no exports. A directory within an argument that cannot be read is a source, so that
// reading it reports the error. An argument that names an existing file is that file, even if it is also a
// glob, because PostHog's file names have special characters. It is never a stray. A dangling link is left
// out even if it is an argument. The error joins the errors of all arguments; it is no error if everything
// was left out.
//
// The URL of an object is that object. Any other URL stands for all objects below it, as for a directory, and
// if there are none, for all whose URLs begin with it.
func List(ctx context.Context, args []string, options Options) (*Snapshot, error) {
	f := finder{
		Snapshot: &Snapshot{remote: options.Remote, directories: map[string][]string{}}, options: options,
		keyed: make(map[fileKey]int), urls: make(map[string]bool),
	}
	if shared := options.Listings; shared != nil {
		f.listings = slices.Clone(shared.all)
		defer func() { shared.all = f.listings }()
	}
	for _, path := range options.Not {
		if info, err := os.Stat(path); err == nil {
			f.not = append(f.not, info)
		}
	}
	var errs []error
	for _, arg := range args {
		if err := f.argument(ctx, arg); err != nil {
			errs = append(errs, err)
		}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if len(f.Sources) == 0 && len(errs) == 0 && f.leftOut() == 0 {
		switch {
		case len(f.Manifests) > 0:
			errs = append(errs, &OnlyManifest{f.Manifests[0]})
		case len(f.manifests) > 0:
			errs = append(errs, nothingIn(Dir(f.manifests[0].Name)))
		}
	}
	if len(args) == 0 {
		errs = append(errs, errors.New("no source given: name files, directories or globs of a PostHog export"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if options.Recognise != nil {
		f.sortOut(ctx, options.Recognise)
	}
	return f.Snapshot, context.Cause(ctx)
}

// OnlyManifest is the error of arguments that name manifests of batch exports and nothing else.
type OnlyManifest struct{ Name string }

func (e *OnlyManifest) Error() string {
	return fmt.Sprintf("source %q is a batch export's manifest, which only lists files: name its directory or the files it lists", e.Name)
}

type finder struct {
	*Snapshot
	options Options
	not     []fs.FileInfo   // of options.Not
	infos   []fs.FileInfo   // of each source
	keyed   map[fileKey]int // the last source with that key
	before  []int           // for each source the one before it with the same key, -1 for none
	matched int             // files of the current argument, also those seen before or left out

	urls     map[string]bool           // of sources
	root     string                    // the directory or URL below which is searched; empty for a glob
	searched map[fileKey][]fs.FileInfo // directories that were searched for the current argument
}

// fileKey is the same for two names of one file, and rarely for two files; os.SameFile decides. keyOf makes
// it.
type fileKey [2]uint64

func (f *finder) argument(ctx context.Context, arg string) error {
	f.matched, f.root, f.searched = 0, "", map[fileKey][]fs.FileInfo{}
	if arg == "-" {
		return errors.New("source -: only preview, inspect and backfill read standard input")
	}
	if shown, has := withoutSignature(arg); has && f.options.Remote != nil {
		return fmt.Errorf("source %q: a URL must have no signature in it: leave out what follows the ?, and set credentials in the environment", shown)
	}
	switch store, err := f.options.Remote.store(arg); {
	case err != nil:
		return fmt.Errorf("source %w", err)
	case store != nil:
		return f.url(ctx, store, arg)
	}
	info, err := os.Stat(arg)
	switch {
	case err == nil && (f.excludes(arg, "") || info.IsDir() && f.excludes(arg, "/")):
		f.exclude(arg)
		if info.Mode().IsRegular() && isManifest(arg) {
			f.addManifest(fileSource(arg, info), true)
		}
		return nil
	case err != nil && f.isDangling(arg, err):
		f.addBroken(arg)
		return nil
	case err == nil && info.IsDir():
		f.root = arg
		err = f.directory(arg, info)
	case err == nil && isManifest(arg):
		f.addManifest(fileSource(arg, info), true)
		return nil
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("source %q is not a regular file, and ph2cio reads each source twice: save it to a file and name that file", arg)
	case err == nil && f.isOther(info):
		f.addOther(arg)
		return nil
	case err == nil:
		f.file(arg, info, false)
		return nil
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(arg, `*?[`):
		err = f.glob(arg)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("source %q does not exist: check the path", arg)
	}
	if err != nil {
		return fmt.Errorf("source %q: %w", arg, err)
	}
	if f.matched == 0 {
		return nothingIn(arg)
	}
	return nil
}

func nothingIn(arg string) error {
	return fmt.Errorf("source %q has no files to read: check the path (hidden files and manifests are not read)", arg)
}

func (f *finder) glob(pattern string) error {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return fmt.Errorf("%w: write \\[ for a literal [", err)
	}
	if !strings.HasPrefix(filepath.Base(pattern), ".") {
		paths = slices.DeleteFunc(paths, hidden)
	}
	f.found(paths)
	return nil
}

// directory searches a directory only once, since links to it can form cycles.
func (f *finder) directory(path string, info fs.FileInfo) error {
	key := keyOf(info)
	if slices.ContainsFunc(f.searched[key], func(other fs.FileInfo) bool { return os.SameFile(other, info) }) {
		return nil
	}
	entries, err := os.ReadDir(path) // sorted by name
	if err != nil {
		return err
	}
	f.searched[key] = append(f.searched[key], info)
	f.noteNames(path, entries)
	paths := make([]string, 0, len(entries))
	for _, entry := range entries {
		switch name := filepath.Join(path, entry.Name()); {
		case !hidden(name):
			paths = append(paths, name)
		case entry.Type().IsRegular() && !settingsName(entry.Name()) && !f.leaves(name):
			f.addStray(name)
		case entry.IsDir() && !f.leaves(name) && !f.leavesDirectory(name):
			f.addStray(name + "/")
		}
	}
	f.found(paths)
	return nil
}

// noteNames stores what Incomplete needs to know about a directory.
func (f *finder) noteNames(path string, entries []fs.DirEntry) {
	var names []string
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return namedManifest(e.Name()) }) {
		for _, entry := range entries {
			names = append(names, entry.Name())
		}
	}
	f.directories[filepath.Clean(path)] = names
}

// found adds the files and directories of a directory or a glob, and leaves out anything else.
func (f *finder) found(paths []string) {
	paths = slices.DeleteFunc(paths, f.leaves)
	f.before, f.infos = slices.Grow(f.before, len(paths)), slices.Grow(f.infos, len(paths))
	f.grow(len(paths))
	for i, s := range statAll(paths) {
		path, info := paths[i], s.info
		switch {
		case s.err != nil && f.isDangling(path, s.err):
			f.matched++
			f.addBroken(path)
		case errors.Is(s.err, fs.ErrNotExist): // removed meanwhile
		case s.err != nil:
			f.unreadable(path)
		case info.IsDir() && f.leavesDirectory(path):
		case info.IsDir():
			if err := f.directory(path, info); err != nil {
				f.unreadable(path)
			}
		case !info.Mode().IsRegular():
		case isManifest(path):
			f.matched++
			f.addManifest(fileSource(path, info), false)
		default:
			f.file(path, info, true)
		}
	}
}

// isDangling reports whether a path for which os.Stat has failed is a link to something that does not exist,
// or to itself.
func (f *finder) isDangling(path string, err error) bool {
	if errors.Is(err, fs.ErrPermission) {
		return false
	}
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// unreadable adds a path for which os.Stat fails as a source, so that reading it reports the error like that
// of any file.
func (f *finder) unreadable(path string) {
	f.matched++
	f.add(path, nil, true)
}

// leaves reports whether a path in a directory or of a glob is left out because of its name.
func (f *finder) leaves(path string) bool {
	switch {
	case f.excludes(path, ""):
		f.exclude(path)
	case f.options.Ours == nil || !f.options.Ours(path):
		return false
	}
	f.matched++
	return true
}

// leavesDirectory is leaves for names of directories, with a slash.
func (f *finder) leavesDirectory(path string) bool {
	if !f.excludes(path, "/") {
		return false
	}
	f.exclude(path)
	f.matched++
	return true
}

// exclude counts a path that the options leave out.
func (f *finder) exclude(path string) {
	info, err := os.Stat(path)
	f.addExcluded(err == nil && info.IsDir())
}

// excludes reports whether the options leave a path out. It calls Exclude for all names of the path, since
// Exclude may count its calls.
func (f *finder) excludes(path, suffix string) bool {
	if f.options.Exclude == nil {
		return false
	}
	names := []string{Base(path), path}
	if IsURL(path) {
		if below, is := strings.CutPrefix(path, f.root+"/"); is {
			names = append(names, below)
		}
	} else {
		if below, err := filepath.Rel(f.root, path); f.root != "" && err == nil {
			names = append(names, below)
		}
		if whole, err := filepath.Abs(path); err == nil {
			names = append(names, whole)
		}
	}
	out := false
	for _, name := range names {
		out = f.options.Exclude(filepath.ToSlash(name)+suffix) || out
	}
	return out
}

// isOther reports whether a file is one of Options.Not.
func (f *finder) isOther(info fs.FileInfo) bool {
	return slices.ContainsFunc(f.not, func(other fs.FileInfo) bool { return os.SameFile(other, info) })
}

type stat struct {
	info fs.FileInfo
	err  error
}

// statAll calls os.Stat for several files at a time, since that is much of the work for thousands of small
// files.
func statAll(paths []string) []stat {
	all := make([]stat, len(paths))
	const atOnce = 64
	parallel.Each((len(paths)+atOnce-1)/atOnce, func(n int) {
		for i := n * atOnce; i < min((n+1)*atOnce, len(paths)); i++ {
			all[i].info, all[i].err = os.Stat(paths[i])
		}
	})
	return all
}

// file adds a file as a source. beside says that it was found in a directory or by a glob.
func (f *finder) file(path string, info fs.FileInfo, beside bool) {
	f.matched++
	if beside && f.isOther(info) {
		return
	}
	key := keyOf(info)
	last, ok := f.keyed[key]
	if !ok {
		last = -1
	}
	for other := last; other >= 0; other = f.before[other] {
		if os.SameFile(f.infos[other], info) {
			return
		}
	}
	f.keyed[key] = len(f.Sources)
	f.add(path, info, beside)
	f.before[len(f.before)-1] = last
}

// add adds a source; info is nil if os.Stat has failed.
func (f *finder) add(path string, info fs.FileInfo, beside bool) {
	source := Source{Name: path}
	if info != nil {
		source = fileSource(path, info)
	}
	source.Beside = beside
	f.addWith(source, info)
}

// addWith adds a source; info is nil for what is no file that can be read.
func (f *finder) addWith(source Source, info fs.FileInfo) {
	f.addSource(source)
	f.infos, f.before = append(f.infos, info), append(f.before, -1)
}

// settingsName reports whether a hidden file is one of settings. It is not reported as a stray.
func settingsName(name string) bool { return strings.HasPrefix(name, ".env") }

func hidden(name string) bool { return strings.HasPrefix(Base(name), ".") }
