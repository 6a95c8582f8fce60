package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Open opens the state.db of a directory for writing, and creates it if there is none. The directory must
// exist and be locked. scheme is the number of the rule by which event IDs are made: under another rule
// everything would be sent again as new events. Open refuses a state of another workspace, rule or form, of a
// newer version of ph2cio, a damaged one and a link. The error is a *StateError with advice.
func Open(ctx context.Context, dir string, of Workspace, scheme int) (*Store, error) {
	s := &Store{path: filepath.Join(dir, FileName), workspace: of, scheme: strconv.Itoa(scheme)}
	if err := s.open(ctx, of); err != nil {
		return nil, errors.Join(s.wrapError("opening", err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, of Workspace) error {
	err := s.checkFiles()
	if errors.Is(err, fs.ErrNotExist) {
		err = s.create(ctx, of)
	} else if err == nil {
		s.removeLeftovers()
	}
	if err != nil {
		return err
	}
	if err := s.connect(writing); err != nil {
		return err
	}
	version, err := s.version(ctx)
	if err != nil {
		return err
	}
	if err := errors.Join(s.checkIntegrity(ctx), s.checkForm(ctx, version)); err != nil {
		return err
	}
	if err := s.migrate(ctx, version); err != nil {
		return err
	}
	return s.checkWorkspace(ctx, of)
}

// checkFiles refuses a state whose database or logs are links, symbolic or hard, or no regular files, and the
// remains of a database. The error is fs.ErrNotExist if there is no state.
func (s *Store) checkFiles() error {
	for _, path := range []string{s.path + "-wal", s.path + "-shm", s.path + "-journal", s.path} {
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case !info.Mode().IsRegular():
			return refuseFile(path, "is not a regular file, and ph2cio does not follow links",
				"remove the link, or use another directory with --state")
		case linked(info): // SQLite would write through the link
			return refuseFile(path, "is a hard link, so writing to it would change another file too",
				"replace it with a copy, or use another directory with --state")
		}
	}
	return s.checkComplete()
}

// version returns the file's version of the schema.
func (s *Store) version(ctx context.Context) (version int, err error) {
	var application, tables int
	for statement, into := range map[string]*int{
		"PRAGMA application_id": &application, "PRAGMA user_version": &version, "SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := s.db.QueryRowContext(ctx, statement).Scan(into); err != nil {
			return 0, err
		}
	}
	switch {
	case application == 0 && version == 0 && tables == 0:
		return 0, s.damaged("it is empty")
	case application != applicationID || version < 1:
		return 0, s.refuse("is a database of another program", "use another directory with --state")
	}
	return version, nil
}

// checkForm refuses a file whose schema differs from this program's schema of the same version. Builds from
// before the first release wrote such files.
func (s *Store) checkForm(ctx context.Context, version int) error {
	form, err := s.meta(ctx, formKey)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	switch {
	case form != "" && version > len(migrations):
		return s.refuse(fmt.Sprintf("was created by a newer version of ph2cio (schema %d; this version knows %d)", version, len(migrations)),
			"use that version, or another directory with --state")
	case version > len(migrations) || form != formOf(version):
		return s.refuse("was created by a build of ph2cio from before the first release, which this version cannot read", otherFormAdvice)
	}
	return nil
}

const otherFormAdvice = "use the build that created it; or move it away with its -wal and -shm files, or use another directory with --state: " +
	"the next run then starts from scratch and sends all of history again"

// checkIntegrity lets SQLite look for damage.
func (s *Store) checkIntegrity(ctx context.Context) error {
	var found string
	if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return s.damaged(strings.Join(strings.Fields(found), " "))
	}
	return nil
}

// checkWorkspace refuses the file of another workspace, or of another rule for event IDs.
func (s *Store) checkWorkspace(ctx context.Context, of Workspace) error {
	owner, err := s.owner(ctx)
	if err != nil {
		return err
	}
	if owner != of {
		return s.refuse(fmt.Sprintf("belongs to workspace %d at %s, not to workspace %d at %s",
			owner.EnvironmentID, owner.BaseURL, of.EnvironmentID, of.BaseURL),
			"use the credentials of workspace "+strconv.FormatInt(owner.EnvironmentID, 10)+", or another state directory for this one (--state)")
	}
	return s.checkScheme(ctx)
}

// checkScheme refuses a file whose event IDs were made by another rule.
func (s *Store) checkScheme(ctx context.Context) error {
	scheme, err := s.meta(ctx, "id_scheme")
	if err == nil && scheme != s.scheme {
		return s.refuse("has event IDs by rule "+scheme+", but this version uses rule "+s.scheme+", so it would send all of history again",
			"use the version of ph2cio that created it")
	}
	return err
}

func (s *Store) owner(ctx context.Context) (w Workspace, err error) {
	if w.BaseURL, err = s.meta(ctx, "base_url"); errors.Is(err, sql.ErrNoRows) {
		return w, s.damaged("it does not name its workspace")
	}
	if err != nil {
		return w, err
	}
	id, err := s.meta(ctx, "environment_id")
	if err != nil {
		return w, err
	}
	w.EnvironmentID, err = strconv.ParseInt(id, 10, 64)
	return w, err
}
