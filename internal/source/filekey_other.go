//go:build !linux && !darwin

package source

import "io/fs"

// keyOf returns the size and the modification time of a file, since this system would have to open the file to
// tell more.
func keyOf(info fs.FileInfo) fileKey {
	return fileKey{uint64(info.Size()), uint64(info.ModTime().UnixNano())}
}
