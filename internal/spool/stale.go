package spool

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// staleAfter is how long a copy that is not finished must not have changed before somebody else may look whether it is
// still being written: longer than it takes from its creation to its lock, and from there to its name.
const staleAfter = time.Minute

// removeStale removes copies in dir that were never finished, because the process that wrote them was killed. One that is
// being written is locked by its writer. Only plain files of our own user are touched, no link is followed, and what
// cannot be removed stays: nothing depends on it.
func removeStale(dir string, now time.Time) {
	paths, err := filepath.Glob(filepath.Join(escapeGlob(dir), prefix+"*"+unfinished))
	if err != nil {
		return
	}
	for _, path := range paths {
		info, err := os.Lstat(path)
		if err == nil && info.Mode().IsRegular() && ours(info) && now.Sub(info.ModTime()) > staleAfter {
			removeUnlocked(path, info)
		}
	}
}

// escapeGlob makes a directory's name stand for itself alone.
func escapeGlob(dir string) string {
	if filepath.Separator == '\\' {
		return dir // where there is no way to say so
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
