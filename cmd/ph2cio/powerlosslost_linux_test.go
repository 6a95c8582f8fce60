package main

import (
	"fmt"
	"maps"
)

// loss says which of the changes that are not durable a power loss destroys.
type loss struct {
	names    lostNames
	contents lostContent
	except   string      // the path of a file to which contents does not apply; empty for none
	excepted lostContent // what that file loses
}

// lostNames says which changes of names are lost.
type lostNames int

const (
	allNamesKept   lostNames = iota
	unsyncedFiles            // neither the node nor its directory was synced
	unsyncedDirs             // the directory was not synced
	allButTheLast            // as before, but the last change is kept: nothing says that they keep their order
	lostNamesKinds           // how many there are
)

func (l lostNames) String() string {
	return [...]string{"all names kept", "names of unsynced files lost", "names in unsynced directories lost", "all but the last name lost"}[l]
}

// lostContent says what a file loses of its unsynced writes.
type lostContent int

const (
	keepAll lostContent = iota
	loseAll
	loseBytes     // the file has its new size, but what was added to it is zeros
	tearFirst     // the last write is lost but for its first sector
	tearLast      // the last sector of the last write is lost
	loseFirst     // all writes are lost but the last
	lostKindCount // how many there are
)

func (l lostContent) String() string {
	return [...]string{"kept", "lost", "lost but for the size", "kept but for most of the last write", "kept but for the end of the last write",
		"lost but for the last write"}[l]
}

func (l *loss) String() string {
	if l.except != "" {
		return fmt.Sprintf("%s; unsynced content %s, in %s %s", l.names, l.contents, l.except, l.excepted)
	}
	return fmt.Sprintf("%s; unsynced content %s", l.names, l.contents)
}

func (l *loss) ofFile(path string) lostContent {
	if path == l.except {
		return l.excepted
	}
	return l.contents
}

// losses returns all kinds of loss that may happen to the disk now.
func (d *disk) losses() (all []loss) {
	files := d.root.unsynced("")
	for names := range lostNamesKinds {
		for contents := range lostKindCount {
			all = append(all, loss{names: names, contents: contents})
		}
		if len(files) < 2 {
			continue
		}
		for _, file := range files {
			all = append(all, loss{names: names, contents: keepAll, except: file, excepted: loseAll},
				loss{names: names, contents: loseAll, except: file, excepted: keepAll},
				loss{names: names, contents: loseAll, except: file, excepted: tearFirst})
		}
	}
	return all
}

// namesLeft returns the names in a directory after a power loss.
func (n *node) namesLeft(lost lostNames) map[string]*node {
	if lost == allNamesKept || len(n.renames) == 0 {
		return n.now
	}
	left := maps.Clone(n.names)
	for i := range n.renames {
		r := &n.renames[i]
		if lost == unsyncedFiles && r.fileIsSynced || lost == allButTheLast && i == len(n.renames)-1 {
			r.applyTo(left)
		}
	}
	return left
}

// sector is how many bytes a disk writes at once, completely or not at all.
const sector = 512

// contents returns the content of a file after a power loss.
func (n *node) contents(lost lostContent) []byte {
	content := append(make([]byte, 0, len(n.content)), n.content...)
	for i, w := range n.writes {
		end, last := w.offset+int64(len(w.data)), i == len(n.writes)-1
		switch {
		case lost == loseAll, lost == loseFirst && !last:
			continue
		case lost == loseBytes && !w.resize:
			w = write{offset: max(end, int64(len(content))), resize: true}
		case lost == tearFirst && last:
			w.data = w.data[:min(int64(len(w.data)), sector-w.offset%sector)]
		case lost == tearLast && last:
			w.data = w.data[:max(0, (end-1)/sector*sector-w.offset)]
		}
		content = w.applyTo(content)
	}
	return content
}
