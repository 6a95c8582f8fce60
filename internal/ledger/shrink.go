package ledger

import "context"

// shrink gives free space of the file back, if that is more than a quarter of it. Less is left for what the
// next runs save. An error changes nothing that was saved, and the next run tries again.
func (s *Store) shrink(ctx context.Context) {
	var free, all int64
	err := s.db.QueryRowContext(ctx, "SELECT freelist_count, page_count FROM pragma_freelist_count, pragma_page_count").Scan(&free, &all)
	if err == nil && free > all/4 {
		_, _ = s.db.ExecContext(ctx, "PRAGMA incremental_vacuum")
	}
}
