package cli

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/cli/webreport"
	"ph2cio/internal/leftovers"
	"ph2cio/internal/regularfile"
	"ph2cio/internal/source"
)

// looksWrittenFor reports, for each flag, whether a file begins like what is written for that flag.
var looksWrittenFor = map[string]func(head []byte) bool{
	metricsFlag:    isMetrics,
	logFileFlag:    isLog,
	operationsFlag: func(head []byte) bool { return bytes.HasPrefix(head, []byte(`{"type":"person","action":"`)) },
	profileFlag:    isProfile,
	reportFlag:     webreport.IsPage,
	profilesCSVFlag: func(head []byte) bool {
		return bytes.HasPrefix(head, []byte(strings.Join(terminal.ProfileColumns, ",")+"\n"))
	},
	rejectsCSVFlag: func(head []byte) bool {
		return bytes.HasPrefix(head, []byte(strings.Join(terminal.RejectColumns, ",")+"\n"))
	},
}

// isProfile recognises what runtime/pprof writes by the sample types at its beginning.
func isProfile(head []byte) bool {
	packed, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return false
	}
	text := make([]byte, 32)
	n, _ := io.ReadFull(packed, text)
	return bytes.Contains(text[:n], []byte{0x0a, 4, 8, 1, 16, 2})
}

// flagText is the value of a flag, empty for a command that does not have it.
func flagText(c *cobra.Command, flag string) string {
	return strings.Join(valuesOf(c.Flags().Lookup(flag)), "")
}

func isDryRun(c *cobra.Command) bool { return flagText(c, "dry-run") == "true" }

// logFileOutput is the file of the log as an output: one that is continued.
func logFileOutput(path string) output { return output{flag: logFileFlag, path: path, continued: true} }

// outputsOf returns the files that a command may write. A dry run writes no metrics.
func outputsOf(c *cobra.Command) (outputs []output) {
	for _, o := range []output{{flag: metricsFlag}, {flag: operationsFlag, streams: true}, {flag: profileFlag}, {flag: rejectsCSVFlag}, {flag: reportFlag}, {flag: profilesCSVFlag}, logFileOutput("")} {
		o.path = flagText(c, o.flag)
		if o.path != "" && o.path != stdinSource && !(o.flag == metricsFlag && isDryRun(c)) {
			outputs = append(outputs, o)
		}
	}
	return outputs
}

// stateToWrite returns the state directory that the flag names, empty for a command that only reads it.
func stateToWrite(c *cobra.Command) string {
	if c.Flags().Lookup("yes") == nil || isDryRun(c) {
		return ""
	}
	return flagText(c, stateFlag)
}

// checkOutputs checks everything that a command would write, before it reads or asks anything. The checks are
// repeated when the sources are found, and when a file is written.
func (p *program) checkOutputs(c *cobra.Command, args []string) error {
	errs := []error{p.checkDistinct(), p.checkStreams()}
	for _, o := range p.outputs {
		switch o.flag {
		case metricsFlag, logFileFlag: // checkMetricsFile and openLogFile check those
		case reportFlag, profilesCSVFlag:
			errs = append(errs, p.checkReplaced(o, "name a file in an existing directory that you can write to"))
		default:
			errs = append(errs, p.checkOutput(o))
		}
	}
	errs = append(errs, p.checkStateDir())
	if tmp := flagText(c, tmpFlag); tmp != "" {
		holds := ""
		if slices.Contains(args, stdinSource) {
			holds = "the copy of standard input"
		}
		errs = append(errs, p.checkFilled(tmpFlag, tmp, holds))
	}
	if cache := flagText(c, cacheFlag); cache != "" {
		errs = append(errs, p.checkFilled(cacheFlag, cache, "objects"))
	}
	return errors.Join(errs...)
}

// protectSources takes the sources that were found, and refuses an output that is one of them under another
// name.
func (p *program) protectSources(sources []source.Source) error {
	p.protected.setSources(sources)
	errs := []error{p.checkStateDir(), p.checkForeignFiles(), p.checkStreams()}
	for _, o := range p.outputs {
		if info, err := os.Stat(o.path); err == nil {
			if is := p.protected.describeFile(info); is != "" {
				errs = append(errs, p.overwriteError(o.flag, o.path, is))
				p.notify.skipOutput(o)
			}
		}
	}
	return errors.Join(errs...)
}

// checkOutput refuses an output that would replace a protected file, or a file of another kind.
func (p *program) checkOutput(o output) error {
	if is := p.protected.describePath(o.path); is != "" {
		return p.overwriteError(o.flag, o.path, is)
	}
	if dir := stateDirOf(o.path); dir != "" {
		return p.overwriteError(o.flag, o.path, "in the state directory "+dir)
	}
	for _, dir := range p.protected.dirs {
		if strings.EqualFold(resolved(unslashed(o.path)), resolved(unslashed(dir.path))) {
			return p.outputError(o.flag, o.path, "is "+dir.description, "name another file")
		}
	}
	if os.IsPathSeparator(o.path[len(o.path)-1]) {
		return p.outputError(o.flag, o.path, "names a directory", "name a file")
	}
	if dir := p.protected.sourceDirOf(o.path); dir != "" && !isMetricsOutput(o) {
		return p.outputError(o.flag, o.path, "would be read as a source by the next run", "name a file outside "+dir)
	}
	info, err := os.Lstat(o.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return p.checkParent(o)
	case err != nil:
		return p.outputError(o.flag, o.path, "cannot be checked: "+err.Error(), "name a file in an existing directory")
	case info.Mode().IsRegular():
		return p.checkExisting(o)
	case o.streams && isStream(o.path):
		return nil
	}
	hint := "name a regular file, which need not exist yet"
	if o.flag == operationsFlag {
		hint += ", or - for standard output"
	}
	return p.outputError(o.flag, o.path, "is "+regularfile.Kind(info.Mode())+", not a regular file", hint)
}

// isMetricsOutput reports whether an output is one that isOwnFile leaves out of a directory of sources.
func isMetricsOutput(o output) bool {
	return o.flag == metricsFlag && filepath.Ext(o.path) == metricsExtension
}

// checkExisting refuses a regular file that was not written for the same flag.
func (p *program) checkExisting(o output) error {
	file, err := regularfile.Open(o.path)
	if err != nil {
		return p.outputError(o.flag, o.path, "cannot be checked: "+err.Error(), "name a file in an existing directory")
	}
	defer file.Close()
	return p.checkOpened(o, file)
}

// checkOpened is checkExisting for a file that is open, whatever has its name by now.
func (p *program) checkOpened(o output, file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if is := p.protected.describeFile(info); is != "" {
		return p.overwriteError(o.flag, o.path, is)
	}
	head := make([]byte, headSize)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	if n == 0 || looksWrittenFor[o.flag](head[:n]) {
		return nil
	}
	return p.outputError(o.flag, o.path, "already exists and holds something else", "name a new file, or remove this one first")
}

// checkParent refuses an output that does not exist and has no directory to be created in.
func (p *program) checkParent(o output) error {
	dir := filepath.Dir(o.path)
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	return p.outputError(o.flag, o.path, "cannot be written: there is no directory "+dir, "name a file in an existing directory")
}

// isStream reports whether a path leads to a pipe, a terminal or another device, directly or through a link
// such as /dev/stdout.
func isStream(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeCharDevice) != 0
}

// createOutput opens an output and empties it, unless it is continued. It follows a link only to a pipe or a device, and it empties
// exactly the file that was checked.
func (p *program) createOutput(o output) (*os.File, error) {
	if err := p.checkOutput(o); err != nil {
		return nil, err
	}
	info, err := os.Lstat(o.path)
	if errors.Is(err, fs.ErrNotExist) {
		return os.OpenFile(o.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|o.appends(), 0o600)
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return p.openStream(o)
	}
	file, err := os.OpenFile(o.path, os.O_RDWR|regularfile.NoFollow|regularfile.NonBlock|o.appends(), 0)
	if err != nil {
		return nil, err
	}
	opened, err := file.Stat()
	if err == nil && !os.SameFile(info, opened) {
		err = p.outputError(o.flag, o.path, "was replaced by another file just now", "run the command again")
	}
	if err == nil {
		err = p.checkOpened(o, file)
	}
	if err == nil && !o.continued {
		err = file.Truncate(0)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// checkDistinct refuses one file for two flags.
func (p *program) checkDistinct() error {
	for i, o := range p.outputs {
		for _, other := range p.outputs[:i] {
			a, err1 := os.Stat(o.path)
			b, err2 := os.Stat(other.path)
			if strings.EqualFold(resolved(o.path), resolved(other.path)) || err1 == nil && err2 == nil && os.SameFile(a, b) {
				return p.overwriteError(o.flag, o.path, "the file of --"+other.flag)
			}
		}
	}
	return nil
}

// overwriteError is the error that refuses an output because of what it is now.
func (p *program) overwriteError(flag, path, is string) error {
	return p.outputError(flag, path, "is "+is, "name another file, because this one would be overwritten")
}

// checkPrefix begins the name of the file that tryWriting creates.
const checkPrefix = ".ph2cio-check-"

// tryWriting creates and removes a file in a directory.
func tryWriting(dir string) error {
	leftovers.Remove(dir, leftovers.Pattern{Before: checkPrefix, Empty: true, Age: leftovers.Brief})
	file, err := os.CreateTemp(dir, checkPrefix)
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}
