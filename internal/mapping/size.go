package mapping

import (
	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// Fit says whether a row's operation fits into a request, as far as the row alone decides that. The
// identifier of its person counts too, which is known only after all rows have been read.
type Fit uint8

const (
	Fits     Fit = iota // whoever its person is
	MayFit              // it depends on the person, or on the types of a CSV's columns
	TooLarge            // whoever its person is
)

const (
	surelyFits    = customerio.MaxItem / 4 // bytes of properties that always fit, even escaped or repaired
	mostOfAPerson = 6 * customerio.MaxID   // most bytes of an identifier in an operation
)

// Sizer decides whether the operations of rows fit, before people are known. It must not be used by several
// goroutines.
type Sizer struct{ mapper *Mapper }

// NewSizer returns a sizer that maps by these rules.
func (r *Rules) NewSizer() *Sizer { return &Sizer{r.NewMapper(nobody{})} }

// Of returns whether a row's operation fits. Rows that are not sent fit.
func (s *Sizer) Of(e *posthog.Event) Fit {
	rules := s.mapper.rules
	if len(rules.events.assigned)+len(rules.events.ruled) == 0 && len(e.Properties) <= surelyFits {
		return Fits
	}
	var c class
	rules.classify(&c, e, s.mapper.acting)
	if c.Bucket != Send {
		return Fits
	}
	adds, asksPerson := s.mapper.acting.adds()
	switch {
	case len(rules.events.assigned) == 0 && !adds && len(e.Properties) <= surelyFits:
		return Fits
	case e.Cells, asksPerson:
		return MayFit // the types of its columns, and so a few quotes, are known only after all rows
	}
	who := customerio.Identifier{Key: customerio.ID, Value: "0"}
	s.mapper.beginTemplates(e, &c, &people.Person{})
	out, o := s.mapper.trackAs(nil, who, e, &c)
	switch {
	case o.Bucket == Rejected:
		return TooLarge // or an attribute that a rule gives has no value
	case len(out)+mostOfAPerson > customerio.MaxItem:
		return MayFit
	}
	return Fits
}

// nobody are people who have no attributes.
type nobody struct{}

func (nobody) Lookup([]byte) (*people.Person, people.Status) { return nil, people.Anonymous }

func (nobody) AppendAttributes(dst []byte, _ *people.Person) []byte { return append(dst, "{}"...) }
func (nobody) AppendRemoved(dst []byte, _ *people.Person) []byte    { return append(dst, "{}"...) }
func (nobody) RemovedBefore(*people.Person) string                  { return "" }
