package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"ph2cio/internal/ledger"
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
