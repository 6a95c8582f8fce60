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

// isOwnFile reports whether a file is one that we keep in a state directory, or a file of metrics: either may
// lie in a directory of exports.
func isOwnFile(path string) bool {
	dir, name := filepath.Split(path)
	if slices.Contains(transfer.RejectsNames, name) || ledger.IsOwnFile(name) {
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

// headSize is how much of a file is looked at to tell what it is.
const headSize = 4 << 10

func isMetrics(head []byte) bool { return bytes.HasPrefix(head, []byte("# HELP ph2cio_")) }

// stateFileNames are the files in a state directory.
var stateFileNames = slices.Concat(ledger.OwnFiles(), transfer.RejectsNames)
