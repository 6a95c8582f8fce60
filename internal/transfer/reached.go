package transfer

// Reached is how far a run that sends has come, with what it sent before it was resumed.
type Reached struct {
	People, Events       int64 // accepted
	AllPeople, AllEvents int64 // to be sent in all
	About                bool  // AllEvents is an estimate
}

// Left returns how many people and events are left to send.
func (r *Reached) Left() (people, events int64) {
	return max(0, r.AllPeople-r.People), max(0, r.AllEvents-r.Events)
}
