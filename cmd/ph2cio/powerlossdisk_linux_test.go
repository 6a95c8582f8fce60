package main

import (
	"bytes"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// disk is a model of a directory on a disk: what is durable, and the changes since then, which a power loss
// may destroy.
type disk struct {
	path  string // of the directory
	root  *node
	files map[int]*opened // by descriptor
}

// node is a file or a directory. A file has content, a directory has names. What is durable and what is not
// are kept apart.
type node struct {
	parent  *node // the directory of its newest name
	content []byte
	writes  []write // since content, oldest first

	names   map[string]*node // nil for a file
	renames []rename         // since names, oldest first
	now     map[string]*node // names with all renames
}

// write is a change of a file: bytes that were written at an offset, or the offset as its new size.
type write struct {
	number int // of the call
	offset int64
	data   []byte
	resize bool
}

// rename is a change of a directory: a name that was removed, a name that was added, or both at once.
type rename struct {
	number       int // of the call
	remove, add  string
	node         *node
	fileIsSynced bool // the node was synced since, its directory was not
}

// opened is an open file.
type opened struct {
	node   *node
	offset int64
	append bool
}

// newDisk returns a disk on which a tree is durable.
func newDisk(path string, has tree) *disk {
	d := &disk{path: path, root: newDir(), files: map[int]*opened{}}
	for _, name := range slices.Sorted(maps.Keys(has)) { // a directory before what is in it
		dir, last := d.find(filepath.Join(path, name))
		child := &node{parent: dir, content: bytes.Clone(has[name])}
		if has[name] == nil {
			child = newDir()
			child.parent = dir
		}
		dir.names[last], dir.now[last] = child, child
	}
	return d
}

func newDir() *node { return &node{names: map[string]*node{}, now: map[string]*node{}} }

// find returns the directory of a path and its name there. The directory is nil if the path is not on the
// disk.
func (d *disk) find(path string) (dir *node, name string) {
	inside, ok := strings.CutPrefix(filepath.Clean(path), d.path+"/")
	if !ok {
		return nil, ""
	}
	dir = d.root
	parts := strings.Split(inside, "/")
	for _, part := range parts[:len(parts)-1] {
		if dir = dir.now[part]; dir == nil || dir.names == nil {
			return nil, ""
		}
	}
	return dir, parts[len(parts)-1]
}

// apply changes the disk as a call did. It reports whether the call changed what is there or what is durable,
// and returns an error if the call is not part of the model.
func (d *disk) apply(number int, c *fileCall) (changed bool, err error) {
	switch c.name {
	case "open":
		return d.open(number, c, c.path(0, false), c.args[1]), nil
	case "openat":
		return d.open(number, c, c.path(1, true), c.args[2]), nil
	case "close":
		delete(d.files, c.fd(0))
		return false, nil
	case "mkdir":
		return d.rename(rename{number: number, node: newDir()}, "", c.path(0, false)), nil
	case "mkdirat":
		return d.rename(rename{number: number, node: newDir()}, "", c.path(1, true)), nil
	case "unlink", "rmdir":
		return d.rename(rename{number: number}, c.path(0, false), ""), nil
	case "unlinkat":
		return d.rename(rename{number: number}, c.path(1, true), ""), nil
	case "rename":
		return d.rename(rename{number: number}, c.path(0, false), c.path(1, false)), nil
	case "renameat", "renameat2":
		return d.rename(rename{number: number}, c.path(1, true), c.path(3, true)), nil
	case "lseek":
		if file := d.files[c.fd(0)]; file != nil {
			file.offset = c.result
		}
		return false, nil
	case "mmap":
		return false, d.mapped(c)
	case "link", "linkat", "symlink", "symlinkat", "truncate", "creat":
		if strings.Contains(c.text, d.path) {
			return false, errors.New("this model of a disk does not know " + c.text)
		}
		return false, nil
	case "sync", "syncfs":
		return false, errors.New("this model of a disk does not know " + c.text)
	}
	file := d.files[c.fd(0)]
	if file == nil { // a socket, or a file elsewhere
		return false, nil
	}
	return d.change(number, c, file)
}

// change applies a call that changes or syncs an open file.
func (d *disk) change(number int, c *fileCall, file *opened) (changed bool, err error) {
	n := file.node
	switch c.name {
	case "write":
		if file.append {
			file.offset = int64(len(n.contents(keepAll)))
		}
		n.writes = append(n.writes, write{number: number, offset: file.offset, data: unhex(c.args[1])[:c.result]})
		file.offset += c.result
	case "pwrite64":
		n.writes = append(n.writes, write{number: number, offset: c.number(3), data: unhex(c.args[1])[:c.result]})
	case "ftruncate":
		n.writes = append(n.writes, write{number: number, offset: c.number(1), resize: true})
	case "fsync", "fdatasync":
		n.sync(c.before)
	default:
		return false, errors.New("this model of a disk does not know " + c.text)
	}
	return true, nil
}

// mapped returns an error if a call maps a file for writing, because no further call shows what is written
// then. Indexes are allowed.
func (d *disk) mapped(c *fileCall) error {
	if len(c.args) < 5 || !strings.Contains(c.args[2], "PROT_WRITE") || !strings.Contains(c.args[3], "MAP_SHARED") || c.args[4] == "-1" {
		return nil
	}
	if d.files[c.fd(4)] != nil && !strings.Contains(c.text, "-shm>") {
		return errors.New("this model of a disk does not know " + c.text)
	}
	return nil
}

func (d *disk) open(number int, c *fileCall, path, flags string) (changed bool) {
	delete(d.files, int(c.result))
	if filepath.Clean(path) == d.path {
		d.files[int(c.result)] = &opened{node: d.root}
		return false
	}
	dir, name := d.find(path)
	if dir == nil {
		return false
	}
	n := dir.now[name]
	if n == nil {
		n = &node{}
		changed = d.rename(rename{number: number, node: n}, "", path)
	}
	if strings.Contains(flags, "O_TRUNC") && len(n.contents(keepAll)) > 0 {
		n.writes = append(n.writes, write{number: number, resize: true})
		changed = true
	}
	d.files[int(c.result)] = &opened{node: n, append: strings.Contains(flags, "O_APPEND")}
	return changed
}

// rename applies a change of names. Either path may be empty.
func (d *disk) rename(r rename, from, to string) (changed bool) {
	for _, one := range []struct {
		path string
		adds bool
	}{{from, false}, {to, true}} {
		dir, name := d.find(one.path)
		if dir == nil {
			continue
		}
		changed = true
		switch {
		case !one.adds:
			if r.node = dir.now[name]; r.node == nil {
				return false
			}
			delete(dir.now, name)
			r.remove = name
			if other, _ := d.find(to); other == dir { // both names change at once
				continue
			}
		default:
			dir.now[name], r.node.parent, r.add = r.node, dir, name
		}
		dir.renames = append(dir.renames, r)
		r.remove = ""
	}
	return changed
}

// sync makes the content of a file or the names in a directory durable, as far as calls before this number
// have changed them. It also marks the name of the node itself and those of the directories above it.
func (n *node) sync(before int) {
	for len(n.writes) > 0 && n.writes[0].number < before {
		n.content = n.writes[0].applyTo(n.content)
		n.writes = n.writes[1:]
	}
	for len(n.renames) > 0 && n.renames[0].number < before {
		n.renames[0].applyTo(n.names)
		n.renames = n.renames[1:]
	}
	for child := n; child.parent != nil; child = child.parent {
		for i := range child.parent.renames {
			if r := &child.parent.renames[i]; r.node == child && r.number < before {
				r.fileIsSynced = true
			}
		}
	}
}

func (w *write) applyTo(content []byte) []byte {
	end := w.offset + int64(len(w.data))
	if grow := end - int64(len(content)); grow > 0 {
		content = append(content, make([]byte, grow)...)
	}
	if w.resize {
		return content[:end]
	}
	copy(content[w.offset:], w.data)
	return content
}

func (r *rename) applyTo(names map[string]*node) {
	delete(names, r.remove)
	if r.add != "" {
		names[r.add] = r.node
	}
}

// tree returns what a power loss leaves on the disk.
func (d *disk) tree(lost *loss) tree {
	all := tree{}
	d.root.addTo(all, "", lost)
	return all
}

func (n *node) addTo(all tree, path string, lost *loss) {
	for name, child := range n.namesLeft(lost.names) {
		inside := filepath.Join(path, name)
		switch {
		case child.names != nil:
			all[inside] = nil
			child.addTo(all, inside, lost)
		case isIndex(name):
			all[inside] = []byte{}
		default:
			all[inside] = child.contents(lost.ofFile(inside))
		}
	}
}

// isIndex reports whether a file is an index of SQLite. Indexes are written through memory, which no call
// shows, and SQLite creates them again after a power loss. So their content is left out of the model.
func isIndex(name string) bool { return strings.HasSuffix(name, "-shm") }

// unsynced returns the paths of files whose newest content is not durable.
func (n *node) unsynced(path string) (files []string) {
	for _, name := range slices.Sorted(maps.Keys(n.now)) {
		child, inside := n.now[name], filepath.Join(path, name)
		switch {
		case child.names != nil:
			files = append(files, child.unsynced(inside)...)
		case len(child.writes) > 0 && !isIndex(name):
			files = append(files, inside)
		}
	}
	return files
}
