package mapping

// What is done with a property of some name, whatever its value. Properties that are never sent have one of the kinds of
// Mapper.ValuesCut in place of these.
const (
	TreatSent     = "sent"
	TreatDate     = "date"     // sent as unix seconds
	TreatRedacted = "redacted" // its value is replaced
	TreatLeftOut  = "left_out" // not asked for
)

// EventProperty says what is done with an event's property of this plain name.
func (r *Rules) EventProperty(name string) string { return r.events.property(name).treatment() }

// PersonProperty says what is done with a person's property of this plain name.
func (r *Rules) PersonProperty(name string) string { return r.persons.property(name).treatment() }

// Remarkable reports whether a person's property of this plain name is changed in its name, left out to fit,
// has a dot in its name when it is sent, or can say that somebody opted out.
func (r *Rules) Remarkable(name string) bool {
	k := r.persons.property(name)
	return k.optOut || k.does == cutsOff || k.sent() && (k.renamed || k.dotted)
}

func (k *key) treatment() string {
	switch k.does {
	case drops:
		return TreatLeftOut
	case cutsOff:
		return cutNames[k.why]
	case redacts:
		return TreatRedacted
	case dates:
		return TreatDate
	}
	return TreatSent
}
