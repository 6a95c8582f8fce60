package source

import (
	"io/fs"
	"syscall"
	"time"
)

// changedAt returns when a file was made, since Windows does not say when it was changed last by anything but
// its modification time; false if that is not known.
func changedAt(_ string, info fs.FileInfo) (time.Time, bool) {
	data, ok := info.Sys().(*syscall.Win32FileAttributeData)
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(0, data.CreationTime.Nanoseconds()), true
}
