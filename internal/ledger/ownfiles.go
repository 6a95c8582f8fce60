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

// databaseSuffixes are the suffixes of the database and of the files that SQLite keeps beside it.
var databaseSuffixes = []string{"", "-wal", "-shm", "-journal"}

// newSuffix marks a database that is not complete yet.
const newSuffix = ".new"

// OwnFiles returns the names of all files that the ledger creates, replaces or removes in a state directory,
// except temporary files with a random part in their names; see [IsOwnFile].
func OwnFiles() []string { return slices.Clone(ownNames) }

var ownNames = func() (all []string) {
	for _, database := range []string{FileName, FileName + newSuffix} {
		for _, suffix := range databaseSuffixes {
			all = append(all, database+suffix)
		}
	}
	return append(all, lockName, holderName)
}()

// IsOwnFile reports whether a file in a state directory that has this name is one of the ledger's own.
func IsOwnFile(name string) bool {
	return slices.Contains(ownNames, name) || strings.HasPrefix(name, holderName+".")
}

// IsState reports whether a directory has a state.db written by ph2cio, of any version, complete or not. It
// returns false if the file cannot be read.
func IsState(dir string) bool {
	head, _ := headOf(filepath.Join(dir, FileName))
	return bytes.HasPrefix(head, []byte(magic)) && len(head) >= 72 && binary.BigEndian.Uint32(head[68:]) == applicationID
}

// InUse reports whether a directory is a state directory: it has a state, or a lock with its holder file.
func InUse(dir string) bool {
	return IsState(dir) || isEmpty(filepath.Join(dir, lockName)) && isHolder(dir)
}

func isHolder(dir string) bool {
	ours, err := isOurs(dir, holderName)
	return ours && err == nil
}

// ForeignFile returns the name of a file that another program has put in a directory without a state, under a
// name that the ledger would use. It is empty if there is none. Files left by a run that was killed while it
// created a state are not foreign, and neither are empty files. The error is that of a file that cannot be
// read, since it may be foreign or not.
func ForeignFile(dir string) (name string, err error) {
	for _, name := range ownNames {
		if slices.Contains([]string{FileName, FileName + "-wal", FileName + "-journal"}, name) {
			continue // Open checks these itself
		}
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
			continue
		}
		if ours, err := isOurs(dir, name); err != nil || !ours {
			return name, err
		}
	}
	return "", nil
}

// magic is what a database begins with (sqlite.org/fileformat.html, 1.3).
const magic = "SQLite format 3\x00"

// isOurs reports whether a file has content and begins like a file of the ledger.
func isOurs(dir, name string) (bool, error) {
	head, err := headOf(filepath.Join(dir, name))
	return len(head) > 0 && mayBeOurs(name, head), err
}

// mayBeOurs reports whether a file of this name that begins with head may be the ledger's. After a kill the
// head may be incomplete, and a journal or an index that is not used yet may begin with zeros. After a power
// loss any file may have its size but none of its content, and then it is all zeros.
func mayBeOurs(name string, head []byte) bool {
	switch {
	case name == lockName:
		return len(head) == 0
	case len(bytes.TrimLeft(head, "\x00")) == 0:
		return true
	case name == holderName:
		return hasPrefixSoFar(head, "{\n  \"pid\": ")
	case strings.HasSuffix(name, "-wal"):
		return hasPrefixSoFar(head, "\x37\x7f\x06\x82") || hasPrefixSoFar(head, "\x37\x7f\x06\x83")
	case strings.HasSuffix(name, "-journal"):
		return hasPrefixSoFar(head, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7") || hasPrefixSoFar(head, "\x00\x00\x00\x00\x00\x00\x00\x00")
	case strings.HasSuffix(name, "-shm"):
		version := binary.NativeEndian.AppendUint32(nil, 3007000) // of its format since SQLite 3.7
		return hasPrefixSoFar(head, string(version)) || hasPrefixSoFar(head, "\x00\x00\x00\x00")
	}
	return hasPrefixSoFar(head, magic)
}

// hasPrefixSoFar reports whether a head, which may be short, agrees with the beginning of a text.
func hasPrefixSoFar(head []byte, text string) bool {
	n := min(len(head), len(text))
	return string(head[:n]) == text[:n]
}

// headOf returns the first 100 bytes of a regular file, nil for anything else.
func headOf(path string) ([]byte, error) { return regularfile.Head(path, 100) }

func isEmpty(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() == 0
}
