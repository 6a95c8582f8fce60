//go:build unix

package source

import (
	"io/fs"
	"time"

	"golang.org/x/sys/unix"
)

// changedAt returns when the file system changed a file last, which no program can set; false if that is not
// known.
func changedAt(path string, _ fs.FileInfo) (time.Time, bool) {
	var stat unix.Stat_t
	if unix.Lstat(path, &stat) != nil {
		return time.Time{}, false
	}
	return time.Unix(stat.Ctim.Unix()), true
}
