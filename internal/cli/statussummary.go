package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// addSummary adds the summary of the last run that has ended, if that is one of the runs that are shown.
func (s *stateReport) addSummary(ctx context.Context, store *ledger.Store) error {
	id, text, err := store.Summary(ctx)
	if err != nil || text == nil {
		return err
	}
	for i := range s.Runs {
		if s.Runs[i].ID == id {
			s.Runs[i].Summary = text
		}
	}
	if err := json.Unmarshal(text, &s.summary); err != nil {
		return fmt.Errorf("reading the summary of run %d: %w", id, err)
	}
	s.Waiting.People = s.summary.HeldCount()
	return nil
}

// lostRows says which waiting rows a run has found to be lost, a line for each file.
func (t *statusText) lostRows(all []transfer.LostHistory) {
	for i := range all {
		rows := report.Plural(all[i].Rows, "row that waited", "rows that waited")
		t.Line("lost", t.Style.Yellow(terminal.Plain(rows+" in "+all[i].Path+": "+terminal.WhoseRows(&all[i]))))
	}
}
