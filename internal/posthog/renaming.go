package posthog

// A renaming is what Options.Columns comes to in one file. Nil renames nothing.
type renaming map[string]renamed

// renamed is what a name stands for.
type renamed struct {
	to    []byte // the field; unread for none
	named uint64 // the column that this is the name of: bit i for Options.Columns[i]
	other uint64 // the columns that put this name out in rows that have them
}

// unread is the name of what is not read, because another column has been named in its place.
var unread = []byte{0}

// renamingFor keeps the columns that a file has, as has tells, so that one command can read files of several shapes.
func renamingFor(columns []Column, has func(name string) bool) renaming {
	r := renaming{}
	for i, c := range columns {
		if has(c.Name) && c.Field != c.Name {
			r.add(c, i, renamed{to: unread})
		}
	}
	if len(r) == 0 {
		return nil
	}
	return r
}

// add gives a column the name of its field. The field's own names become what instead says.
func (r renaming) add(c Column, i int, instead renamed) {
	for _, alias := range aliases[c.Field] {
		if _, taken := r[alias]; !taken {
			r[alias] = instead
		}
	}
	r[c.Name] = renamed{to: []byte(c.Field), named: 1 << i}
}

// rowRenamingFor is renamingFor for rows that name their fields themselves, of which has knows the first ones. A name
// that has not been seen counts in the rows that have it.
func rowRenamingFor(columns []Column, has func(name string) bool) renaming {
	r := renamingFor(columns, has)
	for i, c := range columns {
		if c.Field == c.Name || has(c.Name) {
			continue
		}
		if r == nil {
			r = renaming{}
		}
		r.add(c, i, renamed{other: 1 << i})
	}
	return r
}

// namedIn says which columns a file has that names them all in one place: bit i for columns[i].
func namedIn(columns []Column, has func(name string) bool) (named uint64) {
	for i, c := range columns {
		if has(c.Name) {
			named |= 1 << i
		}
	}
	return named
}

// aliases are the names that PostHog's own exports have for a field beside each other. One that is named in their place
// puts all of them out.
var aliases = map[string][]string{
	"event":             {"event", "*.event"},
	"distinct_id":       {"distinct_id", "$distinct_id", "*.distinct_id", "Person .distinct_id", "person.distinct_id"},
	"uuid":              {"uuid", "*.uuid", "id"},
	"timestamp":         {"timestamp", "*.timestamp"},
	"created_at":        {"created_at", "*.created_at"},
	"properties":        {"properties", "*.properties"},
	"person_id":         {"person_id", "*.person_id", "Person .id", "person.id"},
	"person_properties": {"person_properties", "person.properties", "person"},
	"team_id":           {"team_id", "*.team_id"},
	"elements_chain":    {"elements_chain", "*.elements_chain"},
}

// of returns the name that a field goes by here.
func (r renaming) of(name []byte) []byte {
	if to, ok := r[string(name)]; ok && to.to != nil {
		return to.to
	}
	return name
}
