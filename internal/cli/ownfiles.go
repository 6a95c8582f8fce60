package cli

import (
	"io"
	"path/filepath"
	"slices"

	"ph2cio/internal/export"
	"ph2cio/internal/ledger"
	"ph2cio/internal/regularfile"
)

// isOurs reports whether a file is one that we keep in a state directory, or a file of metrics: either may
// lie in a directory of exports.
func isOurs(path string) bool {
	dir, name := filepath.Split(path)
	if slices.Contains(export.RejectsNames, name) || ledger.Keeps(name) {
		return ledger.IsState(dir)
	}
	return filepath.Ext(name) == metricsExtension && isMetricsFile(path)
}

// metricsExtension is what node_exporter reads of its directory.
const metricsExtension = ".prom"

// isMetricsFile reports whether a regular file begins as metrics of ours do.
func isMetricsFile(path string) bool {
	file, err := regularfile.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	head := make([]byte, headSize)
	n, _ := io.ReadFull(file, head)
	return isMetrics(head[:n])
}
