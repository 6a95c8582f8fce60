package mapping

import (
	"maps"
	"slices"
	"strings"

	"ph2cio/internal/mappingfile"
)

// NoValue is an expression of a rule that had a value in no row, or a path of its dates that met nothing in any
// row.
type NoValue struct {
	Key  string `json:"key"`            // of the rule: name, attributes, person, person-once or dates
	Name string `json:"name,omitempty"` // of the attribute; for dates the path
	Line int    `json:"line"`           // in the file
	// Missing is a property that the expression names and that none of the rows has, as expressions write it;
	// empty if all are there.
	Missing string `json:"missing,omitempty"`
	Meant   string `json:"meant,omitempty"` // the property or the path that may be meant; empty for none
}

// totals is what several tallies have counted.
type totals struct {
	*tally
	people   nameSample // of properties that people may have
	searches int        // how often a name was looked for that is meant
}

// mayLook reports whether another name may be looked for, which takes time.
func (t *totals) mayLook() bool {
	const most = 50
	t.searches++
	return t.searches <= most
}

func newTotals(f *fileRules, personal []string) *totals {
	return &totals{tally: f.newTally(), people: sampleOf(personal)}
}

// add adds what a tally has counted.
func (t *totals) add(other *tally) {
	for i := range other.matched {
		t.matched[i] += other.matched[i]
		t.failed[i] += other.failed[i]
		t.awaited[i] += other.awaited[i]
		t.built[i] += other.built[i]
		t.unnamed[i] += other.unnamed[i]
		t.names[i].addAll(&other.names[i])
	}
	for i, one := range other.computed {
		t.computed[i].values += one.values
		t.computed[i].missing += one.missing
		t.computed[i].had |= one.had
	}
	for i, one := range other.pathsUsed {
		t.pathsUsed[i].rows += one.rows
		t.pathsUsed[i].met += one.met
		t.pathsUsed[i].inList = max(t.pathsUsed[i].inList, one.inList)
	}
}

// addAll adds the names of another sample.
func (s *nameSample) addAll(other *nameSample) {
	if s.rows += other.rows; s.names == nil {
		s.names = map[string]bool{}
	}
	maps.Copy(s.names, other.names)
}

// noValue returns what is known of an expression that should have had a value and had none; nil for others. An
// expression that looks at nothing is without a value on purpose.
func (t *totals) noValue(number int) *NoValue {
	one, place := &t.computed[number], &t.places[number]
	if one.values > 0 || one.missing == 0 || place.fixed || place.key == "when" {
		return nil
	}
	found := &NoValue{Key: place.key, Name: place.name, Line: place.at.Line}
	found.Missing, found.Meant = t.missing(number)
	return found
}

// missing returns a property that an expression names and that no row had, and the property that may be meant.
// Both are empty if all are there.
func (t *totals) missing(number int) (missing, meant string) {
	one, place := &t.computed[number], &t.places[number]
	for i := range place.wanted {
		if one.had>>i&1 != 0 {
			continue
		}
		w := &place.wanted[i]
		sample := &t.names[place.rule]
		if w.ofPerson {
			sample = &t.people
		}
		if t.mayLook() {
			if name := sample.meant(w.name, place.program.String()); name != "" {
				meant = (&wanted{name, w.ofPerson}).String()
			}
		}
		return w.String(), meant
	}
	return "", ""
}

// meant returns the name of the sample that an expression probably means by another one; empty for none.
func (s *nameSample) meant(name, expression string) string {
	for _, dotted := range slices.Sorted(maps.Keys(s.names)) {
		if strings.HasPrefix(dotted, name+".") && strings.Contains(expression, "properties."+dotted) {
			return dotted
		}
	}
	var found nearest
	found.look(name, maps.Keys(s.names))
	return found.name
}

// noValue returns what is known of a path that met nothing; nil for others.
func (u *pathUse) noValue(path *mappingfile.Path) *NoValue {
	if u.rows == 0 || u.met > 0 {
		return nil
	}
	found := &NoValue{Key: "dates", Name: path.Text, Line: path.At.Line}
	inside := strings.TrimSuffix(strings.TrimPrefix(path.Text, "{"), "}")
	if name, is := strings.CutPrefix(inside, "properties."); is {
		found.Meant = name
	} else if u.inList > 0 && strings.Trim(path.Parts[u.inList], "0123456789") != "" {
		found.Meant = strings.Join(slices.Insert(slices.Clone(path.Parts), u.inList, "*"), ".")
	}
	return found
}
