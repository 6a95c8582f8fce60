package cli

import (
	"bytes"
	"io"
	"path/filepath"
	"slices"

	"ph2cio/internal/ledger"
	"ph2cio/internal/regularfile"
	"ph2cio/internal/transfer"
)

// isOwnFile reports whether a file is one that ph2cio keeps in a state directory, or a file of metrics. Both
// may lie in a directory of exports.
func isOwnFile(path string) bool {
	dir, name := filepath.Split(path)
	if slices.Contains(transfer.RejectsNames, name) || ledger.IsOwnFile(name) {
		return ledger.IsState(dir)
	}
	return filepath.Ext(name) == metricsExtension && isMetricsFile(path)
}

// metricsExtension is the extension of the files that node_exporter reads.
const metricsExtension = ".prom"

// isMetricsFile reports whether a regular file begins like our metrics.
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

// headSize is how many bytes of a file are read to tell what it is.
const headSize = 4 << 10

func isMetrics(head []byte) bool { return bytes.HasPrefix(head, []byte("# HELP ph2cio_")) }

// stateFileNames are the files in a state directory.
var stateFileNames = slices.Concat(ledger.OwnFiles(), transfer.RejectsNames)
