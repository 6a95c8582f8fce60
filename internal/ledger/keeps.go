package ledger

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ph2cio/internal/regularfile"
)

// databaseSuffixes name a database and what SQLite has beside it.
var databaseSuffixes = []string{"", "-wal", "-shm", "-journal"}

// newSuffix names the database that is being made, until it is whole.
const newSuffix = ".new"

// Names returns the names of all that the ledger ever makes, replaces or removes in a state directory, but
// for temporary files with a random part in their names: see Keeps.
func Names() []string { return slices.Clone(ownNames) }

var ownNames = func() (all []string) {
	for _, database := range []string{FileName, FileName + newSuffix} {
		for _, suffix := range databaseSuffixes {
			all = append(all, database+suffix)
		}
	}
	return append(all, lockName, holderName)
}()

// Keeps reports whether a file in a state directory that has this name is one of the ledger's own.
func Keeps(name string) bool {
	return slices.Contains(ownNames, name) || strings.HasPrefix(name, holderName+".")
}

// IsState reports whether a directory has a state.db of ours, of whatever version, whole or not.
func IsState(dir string) bool {
	head := headOf(filepath.Join(dir, FileName))
	return bytes.HasPrefix(head, []byte(magic)) && len(head) >= 72 && binary.BigEndian.Uint32(head[68:]) == applicationID
}

// InUse reports whether a directory is one of ours: it has a state, or a lock of ours and who has taken it.
func InUse(dir string) bool {
	return IsState(dir) || isEmpty(filepath.Join(dir, lockName)) && isOurs(dir, holderName)
}

// Foreign is a file of somebody else's in a directory, under a name that the ledger would use, when there is
// no state there yet; empty when there is none. What a run leaves that is killed while it makes a state is
// ours, and so is a file without content.
func Foreign(dir string) (name string) {
	for _, name := range ownNames {
		if slices.Contains([]string{FileName, FileName + "-wal", FileName + "-journal"}, name) {
			continue // Open refuses what these are, unless they are ours
		}
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
			continue
		}
		if !isOurs(dir, name) {
			return name
		}
	}
	return ""
}

// magic is what a database begins with (sqlite.org/fileformat.html, 1.3).
const magic = "SQLite format 3\x00"

// isOurs reports whether a file has content, and begins as ours does.
func isOurs(dir, name string) bool {
	head := headOf(filepath.Join(dir, name))
	return len(head) > 0 && oursUnder(name, head)
}

// oursUnder reports whether a file that begins so may be ours: of a kill, its beginning may be cut off, and
// of a journal or an index that nobody has used yet it may be zeros.
func oursUnder(name string, head []byte) bool {
	switch {
	case name == lockName:
		return len(head) == 0
	case name == holderName:
		return beginsAs(head, "{\n  \"pid\": ")
	case strings.HasSuffix(name, "-wal"):
		return beginsAs(head, "\x37\x7f\x06\x82") || beginsAs(head, "\x37\x7f\x06\x83")
	case strings.HasSuffix(name, "-journal"):
		return beginsAs(head, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7") || beginsAs(head, "\x00\x00\x00\x00\x00\x00\x00\x00")
	case strings.HasSuffix(name, "-shm"):
		version := binary.NativeEndian.AppendUint32(nil, 3007000) // of its form, which has stayed the same since SQLite 3.7
		return beginsAs(head, string(version)) || beginsAs(head, "\x00\x00\x00\x00")
	}
	return beginsAs(head, magic)
}

// beginsAs reports whether a head begins with a text, as far as it goes.
func beginsAs(head []byte, text string) bool {
	n := min(len(head), len(text))
	return string(head[:n]) == text[:n]
}

// headOf is how a regular file begins, nil for any other: as much as tells what it is.
func headOf(path string) []byte { return regularfile.Head(path, 100) }

func isEmpty(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() == 0
}
