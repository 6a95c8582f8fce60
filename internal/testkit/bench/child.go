package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
)

// childMain is the main of those programs.
func childMain(name string, args []string) {
	var err error
	switch name {
	case "json-valid":
		err = validateLines(args[0])
	case "gunzip":
		err = gunzip(args[0])
	case "write-parquet":
		err = fillParquetOrder(args[0])
	case "server":
		err = serve(args[0])
	case "bucket":
		err = serveBucket(args[0], args[1], args[2])
	default:
		err = errors.New("no such child: " + name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench", name+":", err)
		os.Exit(1)
	}
}

// validateLines is the baseline: the standard library's check of each line, and nothing else.
func validateLines(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewReaderSize(f, 1<<20)
	valid := 0
	for {
		line, err := lines.ReadSlice('\n')
		if len(line) > 0 && json.Valid(line) {
			valid++
		}
		if err == io.EOF {
			fmt.Println(valid)
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// gunzip is the baseline for compressed files: decompressing, and nothing else.
func gunzip(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, z)
	return err
}
