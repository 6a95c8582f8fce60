package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"

	"github.com/spf13/pflag"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/exit"
	"ph2cio/internal/transfer"
)

// stdinOptions are the flags for reading standard input.
type stdinOptions struct{ tmp string }

func (o *stdinOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.tmp, tmpFlag, "", "directory for what does not fit into memory and for a copy of standard input; by default the system's")
	describe(f, tmpFlag, reading, "DIR", sendsSame)
}

// copyStdin copies standard input to disk if it is one of the sources, and returns the sources with the copy
// in its place. The caller gives the copy back with removeStdinCopy.
func (p *program) copyStdin(ctx context.Context, o *stdinOptions, args []string) ([]string, error) {
	at := slices.Index(args, stdinSource)
	if at < 0 {
		return args, nil
	}
	if p.env.StdinTerminal {
		return nil, usage(errors.New("source -: standard input is a terminal; pipe an export into ph2cio, or name a file"))
	}
	dir := tmpDir(o.tmp)
	transfer.RemoveLeftovers(dir) // before its free space is looked at
	spooled, err := transfer.Spool(ctx, p.env.Stdin, dir, p.newProgress())
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, stdinProblem(err)
	}
	p.stdinCopy = spooled
	args = slices.Clone(args)
	args[at] = spooled.Path
	return slices.DeleteFunc(args, func(arg string) bool { return arg == stdinSource }), nil
}

// tmpDir is the directory for temporary files: what the flag says, else that of the system.
func tmpDir(flag string) string { return cmp.Or(flag, os.TempDir()) }

// checkBeforeStdin checks the other sources, the credentials and the state directory of a run that reads
// standard input, which may take long to arrive.
func (p *program) checkBeforeStdin(o *sendingOptions, args []string) error {
	if !slices.Contains(args, stdinSource) {
		return nil
	}
	if err := p.checkForeignFiles(); err != nil {
		return err
	}
	others := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == stdinSource })
	if len(others) > 0 {
		if _, err := lister(p.list).all(others); err != nil {
			return &problem{err: err, code: inputCode(err)}
		}
	}
	if o.sandbox {
		return nil
	}
	if err := o.checkStateFlag(); err != nil {
		return err
	}
	_, err := p.credentials()
	return err
}

func stdinProblem(err error) error {
	if errors.Is(err, transfer.ErrNothing) {
		return &problem{err: fmt.Errorf("source -: %w", err), code: exit.Input, hint: "check the command that pipes into ph2cio"}
	}
	hint := "name another directory with --tmp"
	if _, ok := errors.AsType[*transfer.NoSpace](err); ok {
		hint = "free some space, or name a directory on a larger disk with --tmp"
	}
	return &problem{err: err, code: exit.State, hint: hint}
}

// removeStdinCopy removes the copy of standard input. With keep the copy stays, and the command that resumes
// from it is printed, because what was piped in exists nowhere else.
func (p *program) removeStdinCopy(keep bool) error {
	if p.stdinCopy == nil {
		return nil
	}
	if keep {
		fmt.Fprintf(p.env.Stderr, "Standard input is kept in %s. Resume with: %s\n", terminal.Plain(p.stdinCopy.Path), terminal.Plain(p.resumeCommand()))
		return p.stdinCopy.Keep()
	}
	return p.stdinCopy.Remove()
}

// holdOldCopies finds copies of standard input among the sources, such as those that an interrupted run has
// kept, and keeps other runs from removing them. The function that it returns ends that. It removes the copies
// if done says that they have been sent.
func holdOldCopies(args []string) (release func(done bool) error) {
	var copies []*transfer.Spooled
	for _, arg := range args {
		if spooled, is := transfer.ReopenSpooled(arg); is {
			copies = append(copies, spooled)
		}
	}
	return func(done bool) (err error) {
		for _, one := range copies {
			if done {
				err = errors.Join(err, one.Remove())
			} else {
				err = errors.Join(err, one.Close())
			}
		}
		return err
	}
}

// sourceName is what people call a source: the copy of standard input is called that.
func (p *program) sourceName(path string) string {
	if p.stdinCopy != nil && path == p.stdinCopy.Path {
		return "standard input"
	}
	return path
}

// typedCommand is the command line as it was typed, without secrets: the URL of --ping-url, and in other URLs names,
// passwords and signatures.
func (p *program) typedCommand() string {
	return hideURLUsers(signaturePattern.ReplaceAllString("ph2cio "+shellJoin(withoutPing(p.args)), "${1}..."))
}

// signaturePattern matches the query of a URL with values in it.
var signaturePattern = regexp.MustCompile(`(://[^\s'"?]*\?)[^\s'"]*=[^\s'"]*`)

// resumeCommand is the command line that resumes this run. The copy takes the place of standard input.
// --restart is left out because it would start over, and --ping-url because it is a secret.
func (p *program) resumeCommand() string { return "ph2cio " + shellJoin(p.resumeArgs()) }

// resumeArgs is resumeCommand without the program, before it is quoted.
func (p *program) resumeArgs() []string {
	args := slices.DeleteFunc(withoutPing(p.args), func(arg string) bool { return arg == "--"+terminal.RestartFlag })
	for i, arg := range args {
		if arg == stdinSource && p.stdinCopy != nil {
			args[i] = p.stdinCopy.Path
		}
	}
	return args
}
