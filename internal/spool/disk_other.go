//go:build !linux && !darwin

package spool

// freeDisk is not known here; a disk that is full shows when it is written to.
func freeDisk(string) (bytes int64, known bool) { return 0, false }

func full(_ string, err error) error { return err }
