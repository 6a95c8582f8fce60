package main

import (
	"database/sql"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// noRun is the command `norun STATE`: it takes all runs out of a state, as one that was killed before its
// first run began has none.
func noRun(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", filepath.Join(ts.MkAbs(args[0]), "state.db"))
	ts.Check(err)
	_, err = db.Exec("DELETE FROM runs")
	ts.Check(err)
	ts.Check(db.Close())
}
