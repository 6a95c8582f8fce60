package transfer

// Progress shows how far a run has come. Phase is called when a part of the run begins, Done when it ends, and
// the others in between, perhaps by several goroutines. total is 0 if it is not known; Total sets it later, and
// about says that it is an estimate. done is a count of the same unit since Phase. Note describes the part so
// far; Say is for a line that stays.
type Progress interface {
	Phase(name string, total int64, unit Unit)
	Total(total int64, about bool)
	Advance(done int64)
	Note(text string)
	Say(line string)
	Done()
}

// Unit is what a phase of Progress counts.
type Unit = string

const (
	Bytes      Unit = "bytes"
	Operations Unit = "operations"
	Seconds    Unit = "seconds" // of a wait
)

// silent is a Progress that shows nothing.
type silent struct{}

func (silent) Phase(string, int64, Unit) {}
func (silent) Total(int64, bool)         {}
func (silent) Advance(int64)             {}
func (silent) Note(string)               {}
func (silent) Say(string)                {}
func (silent) Done()                     {}
