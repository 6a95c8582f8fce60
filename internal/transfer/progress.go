package transfer

// Progress hears how far a run is. Its methods are called from one goroutine at a time.
type Progress interface {
	Phase(name string, total int64, unit Unit)
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
)

// silent is a Progress that shows nothing.
type silent struct{}

func (silent) Phase(string, int64, Unit) {}
func (silent) Advance(int64)             {}
func (silent) Note(string)               {}
func (silent) Say(string)                {}
func (silent) Done()                     {}
