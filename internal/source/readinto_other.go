//go:build !unix

package source

import "os"

// readInto reads a file from its start, until it has least bytes or the file ends, and returns how many bytes
// it has read. It tries to fill room.
func readInto(path string, room []byte, least int) (n int, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	return readUpTo(file, room, least)
}
