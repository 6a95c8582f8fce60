//go:build !linux && !darwin

package spool

// freeDisk is not implemented for this system; a full disk shows as a write error.
func freeDisk(string) (bytes int64, known bool) { return 0, false }

func full(_ string, err error) error { return err }
