package worlds

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// directory holds the files of the exports, and remembers those that it held.
type directory struct {
	dice
	path        string
	today       time.Time // the machine's, when the world began
	story       *story
	files       []*file
	named       int                     // how many names were given
	writes      int                     // how many files were written
	everIn      map[string]map[int]bool // IDs of all rows that a file ever had, by its name
	deletedFrom map[int][]string        // names of the files that had a row when they were deleted
	alsoNamed   map[string][]string     // earlier names of a file, and of files that it took in
}

func newDirectory(d dice, path string, today time.Time, s *story) *directory {
	if err := os.MkdirAll(path, 0o700); err != nil {
		panic(err)
	}
	return &directory{
		dice: d, path: path, today: today, story: s, everIn: map[string]map[int]bool{},
		deletedFrom: map[int][]string{}, alsoNamed: map[string][]string{},
	}
}

func (d *directory) newName(f form) string {
	d.named++
	return fmt.Sprintf("%c%03d%s", 'a'+rune(d.IntN(4)), d.named, f.ending())
}

// add adds a file with some rows and returns it. It is not on the disk yet.
func (d *directory) add(f form, rows ...*row) *file {
	added := &file{name: d.newName(f), form: f, rows: rows}
	d.files = append(d.files, added)
	return added
}

// addEmpty adds a file that has no rows.
func (d *directory) addEmpty() {
	f := d.add(plain)
	d.story.count("empty files")
	d.story.note("%s is empty", f.name)
	d.write(f)
}

// some returns a random file that fits; nil if none does.
func (d *directory) some(fits func(*file) bool) *file {
	var all []*file
	for _, f := range d.files {
		if fits(f) {
			all = append(all, f)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return one(d.dice, all)
}

// isRead reports whether a sync has surely read a row.
func (d *directory) isRead(r *row) bool {
	return slices.ContainsFunc(d.files, func(f *file) bool { return f.isWhole() && slices.Contains(f.rows, r) })
}

// sendable returns the newest version of a row that a sync can read and send now; 0 if there is none.
func (d *directory) sendable(id int) (version int) {
	for _, f := range d.files {
		for _, r := range f.rows {
			if r.id == id && !f.damaged && !r.unreadable {
				version = max(version, r.version)
			}
		}
	}
	return version
}

// write puts a file on the disk, whole or damaged. No two files that were ever written have one modification
// time.
func (d *directory) write(f *file) {
	text := f.bytes(!d.chance(15))
	if f.damaged {
		at := d.IntN(max(1, len(text)))
		if f.form == plain || f.form == csvText || d.chance(60) || len(text) < 20 {
			text = text[:at]
		} else {
			text[10+at%(len(text)-10)] ^= 0x55
		}
	}
	d.writeText(f.name, text)
	d.remember(f)
}

func (d *directory) writeText(name string, text []byte) {
	path := filepath.Join(d.path, name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		panic(err)
	}
	d.writes++
	at := d.today.Add(-48*time.Hour + time.Duration(d.writes)*time.Second)
	if d.chance(30) {
		at = d.today.Add(-30*time.Minute + time.Duration(d.writes)*time.Millisecond)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		panic(err)
	}
}

// remember notes what a file has by its present name.
func (d *directory) remember(f *file) {
	if d.everIn[f.name] == nil {
		d.everIn[f.name] = map[int]bool{}
	}
	for _, r := range f.rows {
		d.everIn[f.name][r.id] = true
	}
}

// remove deletes a file that is not to be there any more.
func (d *directory) remove(f *file) {
	d.removeFromDisk(f.name)
	d.files = slices.DeleteFunc(d.files, func(each *file) bool { return each == f })
}

func (d *directory) removeFromDisk(name string) {
	if err := os.Remove(filepath.Join(d.path, name)); err != nil {
		panic(err)
	}
}

// mend makes damaged files whole again.
func (d *directory) mend() {
	for _, f := range d.files {
		if f.damaged {
			f.setDamaged(false)
			d.story.count("files mended")
			d.story.note("%s is mended", f.name)
			d.write(f)
		}
	}
}

func (d *directory) rename(f *file) {
	before := f.rename(d.newName(f.form), f.form)
	d.story.count("files renamed")
	d.story.note("%s is renamed %s", before, f.name)
	if err := os.Rename(filepath.Join(d.path, before), filepath.Join(d.path, f.name)); err != nil {
		panic(err)
	}
	d.alsoNamed[f.name] = append(d.alsoNamed[before], before)
	d.remember(f)
}

func (d *directory) recompress(f *file) {
	as := (f.form + 1 + form(d.IntN(int(forms)-1))) % forms
	before := f.rename(d.newName(as), as)
	d.removeFromDisk(before)
	d.story.count("files recompressed")
	d.story.note("%s is compressed anew as %s, form %d", before, f.name, f.form)
	d.alsoNamed[f.name] = append(d.alsoNamed[before], before)
	d.write(f)
}

// delete deletes a file. Its events that have not arrived are lost, if no other file has them.
func (d *directory) delete(f *file) {
	d.story.count("files deleted")
	d.story.note("%s is deleted", f.name)
	d.remove(f)
	for _, r := range f.rows {
		d.deletedFrom[r.id] = append(d.deletedFrom[r.id], f.name)
	}
}

// concatenate makes one file of two.
func (d *directory) concatenate(f *file) {
	other := d.some(func(each *file) bool { return each.isWhole() && each != f })
	if other == nil {
		return
	}
	d.story.count("files joined")
	d.story.note("%s is added to %s", other.name, f.name)
	f.insert(len(f.rows), other.rows...)
	d.alsoNamed[f.name] = append(append(d.alsoNamed[f.name], other.name), d.alsoNamed[other.name]...)
	d.write(f)
	d.remove(other)
}

// copyRows puts rows of a file into a new one, as exports do that overlap.
func (d *directory) copyRows(f *file) {
	if len(f.rows) == 0 {
		return
	}
	from := d.IntN(len(f.rows))
	copied := d.add(d.form(), slices.Clone(f.rows[from:])...)
	d.story.count("files copied")
	d.story.note("%s has the rows of %s from %d", copied.name, f.name, from+1)
	d.write(copied)
}

func (d *directory) damage(f *file) {
	f.setDamaged(true)
	d.story.count("files damaged")
	d.story.note("%s is damaged", f.name)
	d.write(f)
}
