package ledger

import "slices"

// Keeps reports whether a file in a state directory that has this name is one of the ledger's own.
func Keeps(name string) bool {
	return slices.Contains([]string{FileName, FileName + "-wal", FileName + "-shm", FileName + "-journal", lockName, holderName}, name)
}
