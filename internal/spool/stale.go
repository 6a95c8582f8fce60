package spool

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// staleAfter is how old the last change of an unfinished copy must be before other processes check whether it
// is still being written. It is longer than the time between creating and locking the file, and between
// unlocking and renaming it.
const staleAfter = time.Minute

// removeStale removes unfinished copies in dir, whose writers were killed. A copy that is being written is
// locked by its writer. It only touches plain files of the current user and follows no links. What cannot be
// removed stays.
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

// escapeGlob escapes a directory's name for use in a glob.
func escapeGlob(dir string) string {
	if filepath.Separator == '\\' {
		return dir // there is no escape on this system
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
