package cli

import (
	"errors"
	"strings"
	"sync/atomic"

	"ph2cio/internal/export"
	"ph2cio/internal/mapping"
)

// askedNames are the names of --only, and which of them somebody in the export has.
type askedNames struct {
	names []string
	lists []*nameList // of one name each
	found []atomic.Bool
}

func newAskedNames(names []string) (*askedNames, error) {
	a := &askedNames{}
	for _, name := range names {
		if strings.TrimSpace(name) == "" {
			continue
		}
		list, err := newNameList("only", []string{name})
		if err != nil {
			return nil, err
		}
		a.names, a.lists = append(a.names, name), append(a.lists, list)
	}
	a.found = make([]atomic.Bool, len(a.names))
	return a, nil
}

// note hears that somebody has an ID. It may be called from several goroutines.
func (a *askedNames) note(id []byte) {
	for i, list := range a.lists {
		if !a.found[i].Load() && list.hasID(id) {
			a.found[i].Store(true)
		}
	}
}

// missing are the names that nobody has.
func (a *askedNames) missing() (names []string) {
	for i, name := range a.names {
		if !a.found[i].Load() {
			names = append(names, name)
		}
	}
	return names
}

// checkOnly returns the names of --only that nobody in the export has. That it is all of them is an error, unless what is
// missing of the export may have had them.
func (o *identityOptions) checkOnly(l *export.Learned) ([]string, error) {
	if o.asked == nil {
		return nil, nil
	}
	missing := o.asked.missing()
	if len(missing) < len(o.asked.names) || len(l.Trouble) > 0 {
		return missing, nil
	}
	return nil, &problem{code: exitUsage,
		err:  errors.New("nothing would be sent: " + nobodyHas(missing)),
		hint: "an ID must stand there as it does in the export; `ph2cio explain SOURCE... --id ID` shows one"}
}

// nobodyHas says which names of --only are nobody's.
func nobodyHas(names []string) string {
	return "nobody in the export has these IDs of --only: " + firstFew(len(names), len(names), func(i int) string { return mapping.ShortID(names[i]) })
}
