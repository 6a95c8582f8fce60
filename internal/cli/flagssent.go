package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"ph2cio/internal/job"
	"ph2cio/internal/regularfile"
	"ph2cio/internal/source"
)

// sentFlags returns the flags that change what is sent and do not have their defaults. For files that they
// name, it returns a hash of the content, and for objects a hash of their tags. --exclude is not among them:
// it chooses among sources, which are compared themselves.
//
// The settings of a mapping file are flags too, each under its own name, so that it does not matter where they
// are written. The mapping file itself is a hash of the rest that it says, if it says more.
func sentFlags(ctx context.Context, m *mappingOptions, persons []source.Source) (job.Flags, error) {
	sent, o := job.Flags{}, &m.identity
	o.flags.VisitAll(func(f *pflag.Flag) {
		if value := f.Value.String(); f.Changed && value != f.DefValue && !hasFact(f, sameFact) && f.Name != mappingFlag {
			sent[f.Name] = value
		}
	})
	if hash := rulesHash(m.file()); hash != "" {
		sent[mappingFlag] = job.RulesWith + hash
	}
	files := map[string][]source.Source{"persons": persons}
	for flag, name := range map[string]string{"existing": o.existing, "exclude-people": o.exclude} {
		if name == "" {
			continue
		}
		one, err := o.listSource(name)
		if err != nil {
			return nil, &problem{err: fmt.Errorf("--%s: %w", flag, err), code: inputCode(err)}
		}
		files[flag] = []source.Source{one}
	}
	for name, all := range files {
		if len(all) == 0 {
			continue
		}
		sum, err := hashSources(ctx, all)
		if err != nil {
			return nil, &problem{err: fmt.Errorf("--%s: %w", name, err), code: inputCode(err)}
		}
		sent[name] = job.FilesWith + sum
	}
	return sent, nil
}

// hashSources hashes the content of some files and objects. An object that has a tag is not opened.
func hashSources(ctx context.Context, all []source.Source) (string, error) {
	h := sha256.New()
	for _, one := range all {
		if one.Version.Tag != "" {
			fmt.Fprintln(h, one.Size, one.Version.Tag)
			continue
		}
		file, err := openNamed(ctx, one)
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

// openNamed opens a file that a flag names, which must be a regular one, or an object.
func openNamed(ctx context.Context, one source.Source) (io.ReadCloser, error) {
	if one.In == nil {
		return regularfile.Open(one.Name)
	}
	return one.Open(ctx, 0)
}
