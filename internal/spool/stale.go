package spool

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"ph2cio/internal/leftovers"
)

// spacePrefix begins the name of the file of a Space.
const spacePrefix = "ph2cio-spool-"

// oldCopy is how old a copy must be that a killed run has left, before a run that reads something else removes
// it. Until then somebody may resume from it.
const oldCopy = 7 * 24 * time.Hour

// copyName is what copies are called.
var copyName = regexp.MustCompile(`^` + prefix + `[0-9a-f]{32}-[0-9]+$`)

// RemoveLeftovers removes what runs that were killed have left in a directory: unfinished copies, files of
// Spaces, and copies that are older than a week. It removes nothing that is in use, was kept with Keep, or
// belongs to another user, and follows no links. What cannot be removed stays.
func RemoveLeftovers(dir string) {
	leftovers.Remove(dir, leftovers.Pattern{Before: prefix, After: unfinished, Age: leftovers.Brief})
	leftovers.Remove(dir, leftovers.Pattern{Before: spacePrefix, Age: leftovers.Brief})
	removeCopies(dir, func(_ string, age time.Duration) bool { return age > oldCopy })
}

// removeSame removes other copies of the stream that a copy is of.
func removeSame(path string) {
	dir, own := filepath.Split(path)
	sum := own[:len(prefix)+sumDigits]
	removeCopies(dir, func(name string, age time.Duration) bool {
		return name != own && name[:len(sum)] == sum && (leftovers.Locks || age > leftovers.Brief)
	})
}

// removeCopies removes the copies in a directory that are wanted no more, except those that are in use or
// were kept.
func removeCopies(dir string, unwanted func(name string, age time.Duration) bool) {
	file, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return
	}
	defer file.Close()
	names, _ := file.Readdirnames(-1) // some names are better than none
	for _, name := range names {
		if !copyName.MatchString(name) {
			continue
		}
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); err == nil && info.Mode().Perm() != keptMode && unwanted(name, time.Since(info.ModTime())) {
			leftovers.RemoveFile(path)
		}
	}
}

// Reopen returns the copy at a path if it is one, such as one that was kept, and locks it. Only Path is set.
func Reopen(path string) (c *Copied, is bool) {
	if !copyName.MatchString(filepath.Base(path)) {
		return nil, false
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return nil, false
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, false
	}
	leftovers.Lock(file)
	return &Copied{Path: path, held: file}, true
}

// Close unlocks the copy. The file stays as it is.
func (c *Copied) Close() error {
	if err := c.held.Close(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}
