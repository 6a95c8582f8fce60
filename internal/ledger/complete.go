package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// smallestPage is the smallest page of an SQLite database (sqlite.org/fileformat.html), so no database is
// shorter.
const smallestPage = 512

// checkComplete refuses an incomplete state: a file that is shorter than its header says, or a log without
// its database. SQLite would take a file of 0 bytes or 1 for a new database and start empty. The error is
// fs.ErrNotExist if there is no state.
func (s *Store) checkComplete() error {
	info, err := os.Lstat(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := s.checkNoLoneLog(); err != nil {
			return err
		}
		return err
	}
	if err != nil {
		return err
	}
	if info.Size() < smallestPage {
		return s.damaged(fmt.Sprintf("it is too short (length %d)", info.Size()))
	}
	if _, err := os.Lstat(s.path + "-wal"); err == nil {
		return nil // pages may still be only in the log
	}
	if size, says := s.sizes(); says > size {
		return s.damaged(fmt.Sprintf("it is cut off, with %d of %d bytes", size, says))
	}
	return nil
}

// checkNoLoneLog refuses a log with changes to a database that is missing.
func (s *Store) checkNoLoneLog() error {
	for _, suffix := range []string{"-wal", "-journal"} {
		if info, err := os.Lstat(s.path + suffix); err == nil && info.Size() > 0 {
			return &StateError{Path: s.path, Damage: true,
				Err:    fmt.Errorf("is missing, but %s with its last changes is there", filepath.Base(s.path)+suffix),
				Advice: "restore it; or move that file away too: the next run then starts from scratch and sends all of history again, with the same event IDs"}
		}
	}
	return nil
}

// sizes returns how many bytes the database has, and how many its header says it has. The latter is 0 if the
// header is not of a database or was written by another program (sqlite.org/fileformat.html, 1.3). The header
// is read first, since a run that ends meanwhile lets the file grow.
func (s *Store) sizes() (has, says int64) {
	file, err := os.Open(s.path)
	if err != nil {
		return 0, 0
	}
	defer file.Close()
	head := make([]byte, 100)
	if _, err := io.ReadFull(file, head); err != nil || string(head[:len(magic)]) != magic {
		return 0, 0
	}
	info, err := file.Stat()
	if err != nil || binary.BigEndian.Uint32(head[24:]) != binary.BigEndian.Uint32(head[92:]) {
		return 0, 0
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 1 << 16
	}
	return info.Size(), page * int64(binary.BigEndian.Uint32(head[28:]))
}
