package inspect

import "ph2cio/internal/transfer/deliver"

// firstRejects counts rejects by reason and keeps the first of each.
type firstRejects struct{ list []Reject }

// Reject counts a reject.
func (f *firstRejects) Reject(r *deliver.Reject) error {
	for i := range f.list {
		if f.list[i].Reason == r.Reason {
			f.list[i].add()
			return nil
		}
	}
	f.list = append(f.list, Reject{Reason: r.Reason, Count: 1, First: r.WithoutText()}) // the text is not shown
	return nil
}
