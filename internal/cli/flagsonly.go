package cli

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/exit"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer"
)

// onlyNames are the names of --only, and which of them somebody in the export has.
type onlyNames struct {
	names []string
	lists []*nameList // one name each, so that its use is known
	found []atomic.Bool
}

func newOnlyNames(names []string) (*onlyNames, error) {
	a := &onlyNames{}
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

// noteID notes that somebody has an ID. It may be called from several goroutines.
func (a *onlyNames) noteID(id []byte) {
	for i, list := range a.lists {
		if !a.found[i].Load() && list.hasID(id) {
			a.found[i].Store(true)
		}
	}
}

// noteEmail notes the email of somebody in the export, and reports whether --only names it. Only a name with
// an @ is compared with emails. It may be called from several goroutines.
func (a *onlyNames) noteEmail(email []byte) (asked bool) {
	for i, list := range a.lists {
		if strings.Contains(a.names[i], "@") && list.hasEmail(email) {
			a.found[i].Store(true)
			asked = true
		}
	}
	return asked
}

// hasEmails reports whether --only names any email.
func (a *onlyNames) hasEmails() bool {
	return slices.ContainsFunc(a.names, func(name string) bool { return strings.Contains(name, "@") })
}

// idNoter returns noteID, nil without --only.
func (a *onlyNames) idNoter() func(id []byte) {
	if a == nil {
		return nil
	}
	return a.noteID
}

// emailNoter returns noteEmail, nil if --only names no email.
func (a *onlyNames) emailNoter() func(email []byte) bool {
	if a == nil || !a.hasEmails() {
		return nil
	}
	return a.noteEmail
}

// missing returns the names that nobody has.
func (a *onlyNames) missing() (names []string) {
	for i, name := range a.names {
		if !a.found[i].Load() {
			names = append(names, name)
		}
	}
	return names
}

// checkOnlyNames returns the names of --only that nobody has, and warns of people who are not sent because
// another one holds their email. The error is that of unknownNames.
func (p *program) checkOnlyNames(o *identityOptions, first *transfer.FirstPass) (unknown []string, err error) {
	if unknown, err = o.unknownNames(first); err == nil {
		p.warnOfEmailHolders(o, first)
	}
	return unknown, err
}

// unknownNames returns the names of --only that nobody in the export has. It is an error if that is all of
// them, unless a part of the export could not be read and may have had them.
func (o *identityOptions) unknownNames(first *transfer.FirstPass) ([]string, error) {
	if o.names == nil {
		return nil, nil
	}
	missing := o.names.missing()
	if len(missing) < len(o.names.names) || len(first.Trouble) > 0 {
		return missing, nil
	}
	return nil, &problem{code: exit.Usage,
		err:  errors.New("nothing would be sent: " + terminal.UnknownOnlyText(missing)),
		hint: "write an ID as the export has it, and an email as the person has it now; `ph2cio explain SOURCE... ID` shows one person"}
}

// warnOfEmailHolders warns of people with an email that --only names who are not sent, because another person
// holds that email.
func (p *program) warnOfEmailHolders(o *identityOptions, first *transfer.FirstPass) {
	if o.names == nil {
		return
	}
	by := map[string][]string{}
	for _, one := range first.People.NamedByEmail() {
		if _, status := first.People.Lookup([]byte(one.ID)); status == people.NotNamed {
			by[one.Holder] = append(by[one.Holder], one.ID)
		}
	}
	for _, holder := range slices.Sorted(maps.Keys(by)) {
		ids := by[holder]
		p.warn("%s has the email that --only names, so others with it are not sent: %s", mapping.ShortID(holder),
			terminal.FirstFew(len(ids), len(ids), func(i int) string { return mapping.ShortID(ids[i]) }))
	}
}
