package main

import (
	"database/sql"
	"errors"
	"path/filepath"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// newest STATE TIME: writes into a state that the newest event that was sent is of TIME, as a run on a
// machine with a wrong clock does.
func setNewest(ts *testscript.TestScript, _ bool, args []string) {
	at, err := time.Parse(time.RFC3339, args[1])
	ts.Check(err)
	db, err := sql.Open("sqlite", filepath.Join(ts.MkAbs(args[0]), "state.db"))
	ts.Check(err)
	_, err = db.Exec("UPDATE meta SET value = ? WHERE key = 'newest_event'", at.Unix())
	ts.Check(errors.Join(err, db.Close()))
}
