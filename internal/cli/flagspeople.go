package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/regularfile"
	"ph2cio/internal/source"
)

// findPersons finds the files of --persons.
func (o *identityOptions) findPersons() ([]source.Source, error) {
	if len(o.persons) == 0 {
		return nil, nil
	}
	found, err := o.list.all(o.persons)
	if err != nil {
		return nil, &problem{err: fmt.Errorf("--persons: %w", err), code: inputCode(err), hint: didYouMean(o.persons...)}
	}
	return found, nil
}

// checkFiles returns everything that is wrong with the paths of the files to read. Their content is checked
// later.
func (o *identityOptions) checkFiles() error {
	_, err := o.personSources()
	errs := []error{err}
	for _, one := range []struct{ flag, path string }{{"existing", o.existing}, {"exclude-people", o.exclude}} {
		if one.path == "" {
			continue
		}
		if err := o.checkList(one.path); err != nil {
			errs = append(errs, &problem{err: fmt.Errorf("--%s: %w", one.flag, fileError(one.path, err)), code: inputCode(err), hint: pathHint(one.path, err)})
		}
	}
	return errors.Join(errs...)
}

// checkList reports whether a list of people is there. It does not open an object.
func (o *identityOptions) checkList(name string) error {
	one, err := o.listSource(name)
	if err != nil || one.In != nil {
		return err
	}
	file, err := regularfile.Open(name)
	if err != nil {
		return err
	}
	return file.Close()
}

// openList opens a list of people.
func (o *identityOptions) openList(ctx context.Context, name string) (io.ReadCloser, error) {
	one, err := o.listSource(name)
	if err != nil {
		return nil, err
	}
	return openNamed(ctx, one)
}

// hasListInStore reports whether a list of people is an object, which a night with nothing new need not
// fetch.
func (o *identityOptions) hasListInStore() bool {
	return source.IsURL(o.existing) || source.IsURL(o.exclude)
}

// listSource returns a list of people, which is a file or an object. The store of an object is asked once.
func (o *identityOptions) listSource(name string) (source.Source, error) {
	if !source.IsURL(name) {
		return source.Source{Name: name}, nil
	}
	if one, known := o.lists[name]; known {
		return one, nil
	}
	found, err := o.list([]string{name}, source.Options{})
	if err != nil {
		return source.Source{}, err
	}
	at := slices.IndexFunc(found.Sources, func(one source.Source) bool { return one.Name == name })
	if at < 0 {
		return source.Source{}, missingFile{name}
	}
	if o.lists == nil {
		o.lists = map[string]source.Source{}
	}
	o.lists[name] = found.Sources[at]
	return o.lists[name], nil
}

// readExisting reads the file of --existing, nil when there is none. own reports whether an ID matches
// --user-id, and may be nil.
func (o *identityOptions) readExisting(ctx context.Context, own func(id []byte) bool) (*people.Existing, error) {
	if o.existing == "" {
		return nil, nil
	}
	file, err := o.openList(ctx, o.existing)
	if err != nil {
		return nil, &problem{err: fmt.Errorf("--existing: %w", err), code: inputCode(err)}
	}
	defer file.Close()
	all := people.NewExisting()
	for p, err := range customerio.ReadProfiles(ctxReader{ctx, file}, own) {
		if err != nil {
			return nil, &problem{
				err: fmt.Errorf("--existing: %s: %w", o.existing, err), code: exit.Input,
				hint: "export people from Customer.io as CSV again, with their id and email; ph2cio needs the whole file to know who is new",
			}
		}
		all.Add(p.ID, p.Email, p.CioID)
	}
	return all, nil
}

// readExcluded reads the file of --exclude-people; nil when there is none.
func (o *identityOptions) readExcluded(ctx context.Context) (*nameList, error) {
	if o.exclude == "" {
		return nil, nil
	}
	file, err := o.openList(ctx, o.exclude)
	if err != nil {
		return nil, &problem{err: fmt.Errorf("--exclude-people: %w", err), code: inputCode(err)}
	}
	defer file.Close()
	var names []string
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.ContainsRune(lines.Text(), 0) {
			return nil, &problem{
				err: fmt.Errorf("--exclude-people: %s is not a text file", o.exclude), code: exit.Input,
				hint: "write one name or pattern a line",
			}
		}
		if line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff")); line != "" && line[0] != '#' {
			names = append(names, line)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, &problem{err: fmt.Errorf("--exclude-people: %s: %w", o.exclude, err), code: exit.Input}
	}
	return newNameList("exclude-people", names)
}

// peopleLists say who is in Customer.io and who is sent. A list is nil without its flag.
type peopleLists struct {
	existing *people.Existing
	excluded *nameList
	only     *nameList
}

// readLists reads the files and lists of flags. userID reports whether an ID matches --user-id, and may be
// nil. only says that --only was given.
func (o *identityOptions) readLists(ctx context.Context, userID func(id []byte) bool, only bool) (lists peopleLists, err error) {
	if o.lateLists {
		return lists, nil
	}
	if lists.existing, err = o.readExisting(ctx, userID); err != nil {
		return lists, err
	}
	if lists.excluded, err = o.readExcluded(ctx); err != nil || !only {
		return lists, err
	}
	if lists.only, err = newNameList("only", o.only); err != nil {
		return lists, err
	}
	o.names, err = newOnlyNames(o.only)
	return lists, err
}

// nameList is a list of IDs, emails and globs.
type nameList struct {
	exact  map[string]bool
	emails map[string]bool // as foldEmail returns them
	globs  mapping.Globs
	folded mapping.Globs // globs as foldEmail returns them, for emails
}

func newNameList(flag string, names []string) (*nameList, error) {
	l := &nameList{exact: map[string]bool{}, emails: map[string]bool{}}
	var globs, foldedGlobs []string
	for _, name := range names {
		switch {
		case strings.ContainsAny(name, "*?["):
			globs, foldedGlobs = append(globs, name), append(foldedGlobs, foldEmail(name))
			continue
		case strings.Contains(name, "@"):
			l.emails[foldEmail(name)] = true
		}
		l.exact[name] = true
	}
	var err1, err2 error
	l.globs, err1 = mapping.NewGlobs(flag, globs)
	l.folded, err2 = mapping.NewGlobs(flag, foldedGlobs)
	if err := cmp.Or(err1, err2); err != nil {
		return nil, usage(err)
	}
	return l, nil
}

// idMatcher returns hasID, nil for a nil list.
func (l *nameList) idMatcher() func(id []byte) bool {
	if l == nil {
		return nil
	}
	return l.hasID
}

// emailMatcher returns hasEmail, nil for a nil list.
func (l *nameList) emailMatcher() func(email []byte) bool {
	if l == nil {
		return nil
	}
	return l.hasEmail
}

// hasID reports whether an ID is in the list. An ID that is an email may be there in another case.
func (l *nameList) hasID(id []byte) bool {
	if l.exact[string(id)] || len(l.globs) > 0 && l.globs.Match(string(id)) {
		return true
	}
	return bytes.IndexByte(id, '@') >= 0 && l.hasEmail(id)
}

// hasEmail reports whether an email is in the list, in any case.
func (l *nameList) hasEmail(email []byte) bool {
	name := string(people.FoldEmail(nil, email))
	return l.emails[name] || len(l.folded) > 0 && l.folded.Match(name)
}

// foldEmail returns an email, or a glob of emails, in the form in which they are compared.
func foldEmail(email string) string { return string(people.FoldEmail(nil, []byte(email))) }
