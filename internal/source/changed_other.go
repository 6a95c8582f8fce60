//go:build !unix && !windows

package source

import (
	"io/fs"
	"time"
)

// changedAt returns false: when the file system changed a file last is not known.
func changedAt(string, fs.FileInfo) (time.Time, bool) { return time.Time{}, false }
