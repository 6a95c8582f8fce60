package people

import "slices"

// FusedPerson is somebody under whom several logins with different emails are one person, because rows of
// them had one person_id, or the persons export says so. Most often they are several people whom PostHog took
// for one.
type FusedPerson struct {
	DistinctID string   // the kept ID
	Logins     []string // sorted, mostNames of them at most
	Emails     []string // of the logins, each as one of them has it, sorted; as many at most
	LoginCount int
	EmailCount int
}

// mostNames is how many logins and emails of one person are named, and mostFused how many people: the worst.
const (
	mostNames = 20
	mostFused = 1000
)

// firstOf sorts names, and leaves out those behind mostNames.
func firstOf(names []string) []string {
	slices.Sort(names)
	return names[:min(len(names), mostNames)]
}
