// Command bench measures ph2cio as a user runs it: the built program, on files of synthetic exports, against
// a server on loopback in another process. It prints what it measured beside the targets and leaves with 1
// when one is missed.
//
//	go run ./internal/testkit/bench            everything; needs about 10 GB of disk for a while
//	go run ./internal/testkit/bench -quick     without the millions of rows that memory is measured with
//	go run ./internal/testkit/bench -only speed,gzip
//	go run ./internal/testkit/bench -only crowd -scale 0.1
//	go run ./internal/testkit/bench -only buckets -mb 300
//	go run ./internal/testkit/bench -bin before/ph2cio,after/ph2cio
//
// Speeds are compared with a program that does the least that any reader must: encoding/json.Valid on each
// line, on one core. The programs of a section run in turns, round after round, so that whatever slows the
// machine down for a while slows all of them; a ratio is the median of the rounds' ratios. Of several
// programs to measure, all take part, and those after the first are compared with it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == childArgument {
		childMain(os.Args[2], os.Args[3:])
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	missed, err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	if err != nil || missed > 0 {
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.IntVar(&o.megabytes, "mb", 200, "megabytes of rows for the speed, gzip, parquet and fill sections")
	f.IntVar(&o.rounds, "rounds", 7, "rounds of the speed, gzip and parquet sections")
	f.BoolVar(&o.quick, "quick", false, "leave out the millions of rows that memory is measured with")
	f.StringVar(&o.only, "only", "", "run these sections alone: "+strings.Join(sectionNames(), ","))
	f.Float64Var(&o.scale, "scale", 1, "the size of the crowd section and of buckets far away, as a share of the whole")
	f.Func("bin", "measure this ph2cio instead of building one, or several, with commas between them, against the first", func(paths string) error {
		o.programs = strings.FieldsFunc(paths, func(r rune) bool { return r == ',' })
		return nil
	})
	f.StringVar(&o.dir, "dir", "", "make temporary files below this directory")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if o.megabytes < 1 || o.rounds < 1 || f.NArg() > 0 {
		return o, errors.New("-mb and -rounds take a positive number, and there are no arguments")
	}
	return o, nil
}

// section is one part of the measuring.
type section struct {
	name string
	run  func(*bench) error
}

var sections = []section{
	{"memory", (*bench).memory}, // first: what a program holds counts from what this one held before
	{"speed", (*bench).speed},
	{"gzip", (*bench).gzip},
	{"parquet", (*bench).parquet},
	{"shapes", (*bench).shapes},
	{"mapping", (*bench).mapping},
	{"hostile", (*bench).hostile},
	{"ledger", (*bench).ledger},
	{"fill", (*bench).fill},
	{"pace", (*bench).pace},
	{"buckets", (*bench).buckets},
	{"crowd", (*bench).crowd}, // only when it is asked for
}

func sectionNames() []string {
	var names []string
	for _, s := range sections {
		names = append(names, s.name)
	}
	return names
}

// run measures and prints. It returns how many targets were missed.
func run(ctx context.Context, args []string, out io.Writer) (missed int, err error) {
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	tmp, err := os.MkdirTemp(o.dir, "ph2cio-bench-")
	if err != nil {
		return 0, fmt.Errorf("make a directory for the rows: %w", err)
	}
	b := &bench{options: o, ctx: ctx, self: self, tmp: tmp, table: table{out: out}}
	defer func() { err = errors.Join(err, os.RemoveAll(b.tmp)) }()
	if err := b.build(); err != nil {
		return 0, err
	}
	fmt.Fprintf(out, "%s %s/%s, %d cores, %s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), time.Now().Format(time.DateTime))
	for _, s := range sections {
		if b.only == "" && s.name == "crowd" {
			continue
		}
		if b.only != "" && !strings.Contains(","+b.only+",", ","+s.name+",") {
			continue
		}
		if err := s.run(b); err != nil {
			return b.table.missed, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	b.table.close()
	return b.table.missed, nil
}

// build makes the program to measure, as `make build` does.
func (b *bench) build() error {
	for i, program := range b.programs {
		path, err := filepath.Abs(program)
		if err != nil {
			return err
		}
		b.programs[i] = path
	}
	if len(b.programs) > 0 {
		return nil
	}
	built := filepath.Join(b.tmp, "ph2cio.exe") // Windows needs the ending, other systems accept it
	b.programs = []string{built}
	_, err := b.command(command{name: "go", args: []string{"build", "-trimpath", "-o", built, "ph2cio/cmd/ph2cio"}, env: []string{"CGO_ENABLED=0"}, here: true})
	if err != nil {
		return fmt.Errorf("build ph2cio: %w", err)
	}
	return nil
}
