// Package source says where the bytes of exports come from.
package source

// Source is one file of an export.
type Source struct {
	Name string
	Size int64 // bytes on disk when it was found

	Beside bool // it was found in a directory or by a glob, and not named itself
}
