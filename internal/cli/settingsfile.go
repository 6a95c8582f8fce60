package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"ph2cio/internal/cli/dotenv"
	"ph2cio/internal/report"
)

// settingsFile is the content of a file with settings.
type settingsFile struct {
	path     string // empty when there was none
	values   map[string]string
	warnings []string // lines that may not mean what they seem to; they name no value
}

// loadSettingsFile reads a settings file; nothing else does. The error is that of the file, or names every bad line
// by its number. No line is quoted, because it may hold a secret.
func loadSettingsFile(path string) (settingsFile, error) {
	text, err := readEnvFile(path)
	if err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err // which does not name the file again
		}
		return settingsFile{}, fmt.Errorf("read settings from %s: %w", path, err)
	}
	d := settingsFile{path: path}
	var bad []string
	d.values, d.warnings, bad = dotenv.Parse(string(text), isOurSetting)
	var errs []error
	for i, line := range bad {
		if i == maxBadLines {
			errs = append(errs, fmt.Errorf("%s: %s", path, report.Plural(len(bad)-i, "more bad line", "more bad lines")))
			break
		}
		errs = append(errs, fmt.Errorf("%s: %s", path, line))
	}
	return d, errors.Join(errs...)
}

// maxBadLines is how many bad lines of a settings file are listed.
const maxBadLines = 20

// isOurVariable reports whether a variable has a prefix of this program's.
func isOurVariable(name string) bool {
	return strings.HasPrefix(name, "PH2CIO_") || strings.HasPrefix(name, "CUSTOMERIO_")
}

// isOurSetting reports whether a setting is one that this program or a library of it reads.
func isOurSetting(name string) bool { return isOurVariable(name) || isStoreSetting(name) }

// readEnvFile reads a settings file. The null device counts as an empty one.
func readEnvFile(path string) ([]byte, error) {
	if path == os.DevNull {
		return []byte{}, nil
	}
	return readSmallFile(path)
}
