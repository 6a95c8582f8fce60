package main

import "context"

// options are the flags.
type options struct {
	megabytes int
	rounds    int
	quick     bool
	only      string
	scale     float64
	programs  []string // to measure, by their paths
	dir       string
}

// bench is one run of measuring.
type bench struct {
	options
	ctx   context.Context
	self  string // this program
	tmp   string // removed at the end
	rows  string // the file of the speed, gzip and fill sections; made when first asked for
	table table
}
