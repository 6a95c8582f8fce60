package posthog

// renaming is Options.Columns applied to one file. Nil renames nothing.
type renaming map[string]renamed

// renamed is the meaning of a name.
type renamed struct {
	to    []byte // the field; unread for none
	named uint64 // the column that this is the name of: bit i for Options.Columns[i]
	other uint64 // the columns that override this name in rows that have them
}

// unread is the name of what is not read, because another column replaces it.
var unread = []byte{0}

// renamingFor returns the renaming for the columns that a file has according to has. So one command can read
// files of several shapes.
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

// rowRenamingFor is renamingFor for rows that name their fields themselves; has knows only those of the first
// rows. A name that has not been seen yet counts in the rows that have it.
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

// namedIn returns which columns a file has that names all columns in one place: bit i for columns[i].
func namedIn(columns []Column, has func(name string) bool) (named uint64) {
	for i, c := range columns {
		if has(c.Name) {
			named |= 1 << i
		}
	}
	return named
}

// aliases are the fields for which PostHog's own exports have several names. A column that replaces one
// replaces all of them.
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

// of returns the name of a field in this file.
func (r renaming) of(name []byte) []byte {
	if to, ok := r[string(name)]; ok && to.to != nil {
		return to.to
	}
	return name
}
