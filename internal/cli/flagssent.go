package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"ph2cio/internal/exit"
	"ph2cio/internal/job"
	"ph2cio/internal/regularfile"
	"ph2cio/internal/source"
)

// sentFlags returns the flags that change what is sent and do not have their defaults. For files that they
// name, it returns a hash of the content. --exclude is not among them: it chooses among sources, which are
// compared themselves.
func sentFlags(flags *pflag.FlagSet, o *identityOptions, persons []source.Source) (job.Flags, error) {
	sent := job.Flags{}
	flags.VisitAll(func(f *pflag.Flag) {
		if value := f.Value.String(); f.Changed && value != f.DefValue && !hasFact(f, sameFact) {
			sent[f.Name] = value
		}
	})
	files := map[string][]string{"existing": {o.existing}, "exclude-people": {o.exclude}}
	for _, one := range persons {
		files["persons"] = append(files["persons"], one.Name)
	}
	for name, paths := range files {
		if paths[0] == "" {
			continue
		}
		sum, err := hashFiles(paths)
		if err != nil {
			return nil, &problem{err: fmt.Errorf("--%s: %w", name, err), code: exit.Input}
		}
		sent[name] = job.FilesWith + sum
	}
	return sent, nil
}

// hashFiles hashes the content of some files.
func hashFiles(paths []string) (string, error) {
	h := sha256.New()
	for _, path := range paths {
		file, err := regularfile.Open(path)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(h, file)
		if err = errors.Join(err, file.Close()); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
