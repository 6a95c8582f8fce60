package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// tree is what a directory holds: the content of each file by its path, and nil for each directory.
type tree map[string][]byte

// loadTree reads a directory.
func loadTree(path string) (tree, error) {
	all := tree{}
	err := filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err != nil || file == path {
			return err
		}
		name, err := filepath.Rel(path, file)
		if err == nil && d.IsDir() {
			all[name] = nil
		} else if err == nil {
			all[name], err = os.ReadFile(file)
		}
		return err
	})
	return all, err
}

// restore makes a directory hold the tree and nothing else.
func (t tree) restore(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(t)) { // a directory before what is in it
		var err error
		if t[name] == nil {
			err = os.Mkdir(filepath.Join(path, name), 0o700)
		} else {
			err = os.WriteFile(filepath.Join(path, name), t[name], 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sum returns a hash of the tree.
func (t tree) sum(seed maphash.Seed) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, name := range slices.Sorted(maps.Keys(t)) {
		var sizes [16]byte
		binary.LittleEndian.PutUint64(sizes[:], uint64(len(name)))
		binary.LittleEndian.PutUint64(sizes[8:], uint64(len(t[name])))
		h.Write(sizes[:])
		h.WriteString(name)
		h.Write(t[name])
	}
	return h.Sum64()
}

// differs returns an error if another tree is different. Indexes are not compared.
func (t tree) differs(other tree) error {
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if isIndex(name) {
			continue
		}
		content, ok := other[name]
		if !ok {
			return fmt.Errorf("%s is missing", name)
		}
		if !bytes.Equal(content, t[name]) {
			return fmt.Errorf("%s differs, with %d bytes and %d", name, len(t[name]), len(content))
		}
	}
	for name := range other {
		if _, ok := t[name]; !ok && !isIndex(name) {
			return fmt.Errorf("%s is there", name)
		}
	}
	return nil
}
