package source

import (
	"path/filepath"
	"slices"
	"strings"
)

// downloading reports whether a name, in lower case, is that of an unfinished download.
func downloading(name string) bool {
	switch filepath.Ext(name) {
	case ".tmp", ".part", ".partial", ".crdownload", ".download", ".filepart":
		return true
	}
	return false
}

// strayName reports whether a name, in lower case, is that of another program's file: a backup of an editor,
// a desktop's file about the directory, an office document.
func strayName(name string) bool {
	switch filepath.Ext(name) {
	case ".swp", ".swo", ".doc", ".ppt", ".docx", ".pptx", ".odt", ".odp":
		return true
	}
	return slices.Contains([]string{"thumbs.db", "ehthumbs.db", "desktop.ini"}, name) || strings.HasSuffix(name, "~") ||
		strings.HasPrefix(name, "~$") || len(name) > 1 && name[0] == '#' && name[len(name)-1] == '#'
}
