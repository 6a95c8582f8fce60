package main

import (
	"database/sql"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// norun STATE: removes all runs from a state, as if the first one had been killed before it was recorded.
func noRun(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", filepath.Join(ts.MkAbs(args[0]), "state.db"))
	ts.Check(err)
	_, err = db.Exec("DELETE FROM runs")
	ts.Check(err)
	ts.Check(db.Close())
}
