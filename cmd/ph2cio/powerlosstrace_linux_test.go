package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// fileCall is a system call that may change a file or a directory or make a change durable. Calls are ordered
// by their ends.
type fileCall struct {
	name   string // such as pwrite64
	text   string // the call as a person reads it
	args   []string
	result int64

	began, ended time.Time
	before       int // how many calls had ended when this one began
}

// recordedCalls are the calls that change files or make changes durable, and those that give a file its
// descriptor.
var recordedCalls = []string{
	"open", "openat", "creat", "close", "lseek", "mmap", "write", "pwrite64", "writev", "pwritev", "pwritev2", "copy_file_range",
	"sendfile", "truncate", "ftruncate", "fallocate", "fsync", "fdatasync", "sync_file_range", "sync", "syncfs", "rename", "renameat",
	"renameat2", "unlink", "unlinkat", "link", "linkat", "symlink", "symlinkat", "mkdir", "mkdirat", "rmdir", "dup", "dup2", "dup3",
}

// strace returns the words that run a command under strace, which writes its calls with all their data to a
// file.
func strace(to string) []string {
	return []string{"strace", "-f", "-qq", "-y", "-xx", "-s", "16777216", "-ttt", "-T", "-o", to,
		"-e", "signal=none", "-e", "trace=" + strings.Join(recordedCalls, ",")}
}

var (
	traceLine  = regexp.MustCompile(`^(\d+) +(\d+)\.(\d{6}) (.*)$`)
	resumed    = regexp.MustCompile(`^<\.\.\. \w+ resumed>(.*)$`)
	wholeCall  = regexp.MustCompile(`(?s)^(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+|\?)(?:<[^>]*>(?:\(deleted\))?)?(?: E[A-Z]+ \(.*\))?(?: <(\d+\.\d+)>)?$`)
	hexed      = regexp.MustCompile(`(?:\\x[0-9a-f]{2})+`)
	descriptor = regexp.MustCompile(`^(AT_FDCWD|-?\d+)(?:<([^>]*)>.*)?$`)
)

const unfinished = " <unfinished ...>"

// readTrace reads a file that strace has written. It leaves out calls that failed.
func readTrace(t *testing.T, path string) (calls []fileCall) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pending := map[string]fileCall{} // by thread: calls that have begun
	for line := range strings.Lines(string(text)) {
		parts := traceLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if parts == nil {
			t.Fatalf("a line of the trace has no time: %.200s", line)
		}
		thread, rest := parts[1], parts[4]
		call := fileCall{began: traceTime(parts[2], parts[3]), before: len(calls)}
		if after := resumed.FindStringSubmatch(rest); after != nil {
			call = pending[thread]
			delete(pending, thread)
			rest = call.text + after[1]
		}
		if begun, cut := strings.CutSuffix(rest, unfinished); cut {
			call.text = begun
			pending[thread] = call
			continue
		}
		if strings.HasSuffix(rest, " <detached ...>") { // the program has ended
			continue
		}
		if call.parse(t, rest); call.result >= 0 {
			calls = append(calls, call)
		}
	}
	return calls
}

func traceTime(seconds, micros string) time.Time {
	s, _ := strconv.ParseInt(seconds, 10, 64)
	us, _ := strconv.ParseInt(micros, 10, 64)
	return time.Unix(s, us*1000)
}

func (c *fileCall) parse(t *testing.T, text string) {
	t.Helper()
	parts := wholeCall.FindStringSubmatch(text)
	if parts == nil {
		t.Fatalf("a line of the trace is no call: %.300s", text)
	}
	c.name, c.args = parts[1], splitArgs(parts[2])
	c.result = -1 // the program ended before the call did
	if parts[3] != "?" {
		c.result, _ = strconv.ParseInt(parts[3], 0, 64)
	}
	took, _ := strconv.ParseFloat(parts[4], 64)
	c.ended = c.began.Add(time.Duration(took * float64(time.Second)))
	c.text = hexed.ReplaceAllStringFunc(text, func(s string) string {
		if len(s) > 4*200 {
			return fmt.Sprintf("%d bytes", len(s)/4)
		}
		return strings.Trim(strconv.Quote(string(unhex(s))), `"`)
	})
}

// splitArgs splits the arguments of a call at commas. Text in them has none, because it is in hexadecimal
// digits.
func splitArgs(text string) (args []string) {
	depth, from := 0, 0
	for i, c := range text {
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case ',':
			if depth == 0 {
				args, from = append(args, strings.TrimSpace(text[from:i])), i+1
			}
		}
	}
	return append(args, strings.TrimSpace(text[from:]))
}

// unhex decodes text in which each byte is written as \x and two digits, with or without quotes around it.
func unhex(text string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(strings.Trim(text, `"`), `\x`, ""))
	if err != nil {
		panic(fmt.Sprintf("%v in %.100s", err, text))
	}
	return b
}

// fd returns the file descriptor in an argument.
func (c *fileCall) fd(arg int) int {
	n, err := strconv.Atoi(descriptor.FindStringSubmatch(c.args[arg])[1])
	if err != nil {
		panic(c.text)
	}
	return n
}

// number returns the number in an argument.
func (c *fileCall) number(arg int) int64 {
	n, err := strconv.ParseInt(c.args[arg], 0, 64)
	if err != nil {
		panic(c.text)
	}
	return n
}

// path returns the path in an argument. With atDir it may be relative to the directory in the argument
// before.
func (c *fileCall) path(arg int, atDir bool) string {
	path := string(unhex(c.args[arg]))
	if atDir && !filepath.IsAbs(path) {
		path = filepath.Join(string(unhex(descriptor.FindStringSubmatch(c.args[arg-1])[2])), path)
	}
	return path
}
