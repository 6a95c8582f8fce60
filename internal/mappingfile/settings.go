package mappingfile

import (
	"regexp"
	"strings"
)

var flagName = regexp.MustCompile(`^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$`)

// settings reads the values of flags.
func (r *reader) settings(n *node, to *File) {
	if n.kind != isMapping {
		r.wrong(n, "settings", "a mapping of flags to values")
		return
	}
	for _, p := range r.unique(n) {
		name := p.key.text
		if !flagName.MatchString(name) {
			e := r.errorf(p.key.at, "%s is not the name of a flag", shown(name))
			meant := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(strings.TrimLeft(name, "-"), "PH2CIO_")), "_", "-")
			if flagName.MatchString(meant) {
				e.Hint = "did you mean " + meant + "?"
			}
			continue
		}
		s := Setting{Name: name, At: p.key.at, List: p.value.kind == isList}
		s.Values = r.scalars(p.value, name)
		to.Settings = append(to.Settings, s)
	}
}
