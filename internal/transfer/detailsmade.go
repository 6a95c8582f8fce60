package transfer

// details returns the details that the summary of a run has; nil if none are wanted. It reads the disk only for a run
// that was stopped; if that fails there are none.
func (r *run) details(rows *Rows) *Details {
	fates := r.first.fates
	if fates == nil {
		return nil
	}
	for _, one := range r.refusals.examples {
		fates.example(one, r.first.places)
	}
	d, err := fates.details(func(reason string) int64 { return rows.Skipped[reason] + rows.Rejected[reason] })
	if err != nil {
		return nil
	}
	for _, one := range r.first.People.Largest() {
		person := LargePerson{IDs: one.IDs, Logins: one.Logins}
		if fates.personal {
			person.KeptID, person.Emails = one.Person.DistinctID, one.Emails
		}
		d.LargestPeople = append(d.LargestPeople, person)
	}
	return d
}
