package worlds

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// arrive puts the rows of a day into files: new ones, and unless all is to be new, some that are there
// already.
func (w *World) arrive(rows []*row, allNew bool) {
	for len(rows) > 0 {
		n := 1 + w.random.IntN(len(rows))
		f := w.some(func(f *file) bool { return !f.damaged })
		if f == nil || allNew || w.chance(60) {
			made := form(w.random.IntN(int(forms)))
			f = &file{name: w.newName(made), form: made}
			w.files = append(w.files, f)
		}
		at := len(f.rows)
		if w.chance(15) {
			at = 0
		}
		f.rows = slices.Insert(slices.Clone(f.rows), at, rows[:n]...)
		f.read = false
		w.Note("%s grows to %d rows%s", f.name, len(f.rows), told(rows[:n]))
		w.write(f)
		rows = rows[n:]
	}
}

// delay keeps some rows back for a later night, and adds those that were kept back before: the file of
// a day comes late.
func (w *World) delay(rows []*row) (tonight []*row) {
	if w.chance(40) {
		tonight, w.delayed = w.delayed, nil
	}
	if !w.chance(20) {
		return append(tonight, rows...)
	}
	for _, r := range rows {
		if w.chance(50) {
			w.delayed = append(w.delayed, r)
		} else {
			tonight = append(tonight, r)
		}
	}
	return tonight
}

// isRead reports whether a sync has surely read a row.
func (w *World) isRead(r *row) bool {
	return slices.ContainsFunc(w.files, func(f *file) bool { return whole(f) && slices.Contains(f.rows, r) })
}

// some returns a random file that fits; nil if none does.
func (w *World) some(fits func(*file) bool) *file {
	var all []*file
	for _, f := range w.files {
		if fits(f) {
			all = append(all, f)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return one(w, all)
}

// whole reports whether a sync has read a file to its end, so that it may change without losing rows that
// nobody has read.
func whole(f *file) bool { return f.read && !f.damaged }

// deletable reports whether a file may be deleted.
func (w *World) deletable(f *file) bool {
	return whole(f) && len(w.files) > 1 && (losingRecent || !slices.ContainsFunc(f.rows, w.isHeld))
}

// shuffle lets things happen to files.
func (w *World) shuffle() {
	changes := []struct {
		percent int
		fits    func(*file) bool
		change  func(*file)
	}{
		{15, func(f *file) bool { return !f.damaged }, w.rename},
		{15, func(f *file) bool { return !f.damaged }, w.recompress},
		{8, w.deletable, w.delete},
		{10, whole, w.concatenate},
		{10, func(f *file) bool { return !f.damaged }, w.copyRows},
		{25, whole, w.correctInPlace},
		{20, whole, w.correctElsewhere},
		{20, func(f *file) bool { return !f.damaged && len(f.rows) > 0 }, w.damage},
	}
	for _, each := range changes {
		if !w.chance(each.percent) {
			continue
		}
		if f := w.some(each.fits); f != nil {
			each.change(f)
		}
	}
	if w.chance(8) {
		w.addEmpty()
	}
}

func (w *World) addEmpty() {
	f := &file{name: w.newName(plain)}
	w.Note("%s is empty", f.name)
	w.files = append(w.files, f)
	w.write(f)
}

func (w *World) rename(f *file) {
	before := f.name
	f.name = w.newName(f.form)
	w.Note("%s is renamed %s", before, f.name)
	if err := os.Rename(filepath.Join(w.dir, before), filepath.Join(w.dir, f.name)); err != nil {
		panic(err)
	}
	w.alsoNamed[f.name] = append(w.alsoNamed[before], before)
	w.remember(f)
}

func (w *World) recompress(f *file) {
	before := f.name
	w.remove(f)
	f.form = (f.form + 1 + form(w.random.IntN(int(forms)-1))) % forms
	f.name = w.newName(f.form)
	w.Note("%s is compressed anew as %s, form %d", before, f.name, f.form)
	w.alsoNamed[f.name] = append(w.alsoNamed[before], before)
	w.write(f)
}

// delete deletes a file. Its events that have not arrived are lost, if no other file has them.
func (w *World) delete(f *file) {
	w.Note("%s is deleted", f.name)
	w.remove(f)
	w.files = slices.DeleteFunc(w.files, func(each *file) bool { return each == f })
	for _, r := range f.rows {
		w.deletedFrom[r.number] = append(w.deletedFrom[r.number], f.name)
	}
}

// concatenate makes one file of two.
func (w *World) concatenate(f *file) {
	other := w.some(func(each *file) bool { return whole(each) && each != f })
	if other == nil {
		return
	}
	w.Note("%s is added to %s", other.name, f.name)
	f.rows = append(f.rows, other.rows...)
	f.read = false
	w.write(f)
	w.remove(other)
	w.files = slices.DeleteFunc(w.files, func(each *file) bool { return each == other })
}

// copyRows puts rows of a file into a new one, as exports do that overlap.
func (w *World) copyRows(f *file) {
	if len(f.rows) == 0 {
		return
	}
	from := w.random.IntN(len(f.rows))
	made := form(w.random.IntN(int(forms)))
	copied := &file{name: w.newName(made), form: made, rows: slices.Clone(f.rows[from:])}
	w.Note("%s has the rows of %s from %d", copied.name, f.name, from+1)
	w.files = append(w.files, copied)
	w.write(copied)
}

// correction returns a newer version of one of a file's events, the number of which is returned too; nil if
// there is nothing to correct.
func (w *World) correction(f *file) (*row, int) {
	var at []int
	for i, r := range f.rows {
		if r.isEvent() && !r.changesPerson() && (bool(r.unreadable) || w.chance(20)) {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return nil, 0
	}
	i := one(w, at)
	newer := *f.rows[i]
	newest := w.newest(newer.number)
	newer.version, newer.createdAt = newest.version+1, newest.createdAt
	newer.unreadable = false
	newer.createdAt = newer.createdAt.Add(time.Second)
	w.all = append(w.all, &newer)
	return &newer, i
}

func (w *World) correctInPlace(f *file) {
	r, i := w.correction(f)
	if r == nil {
		return
	}
	w.Note("%s: row %d is corrected in place, event %d version %d", f.name, i+1, r.number, r.version)
	f.rows = slices.Clone(f.rows)
	f.rows[i] = r
	f.read = false
	w.write(f)
}

func (w *World) correctElsewhere(f *file) {
	r, i := w.correction(f)
	if r == nil {
		return
	}
	made := form(w.random.IntN(int(forms)))
	other := &file{name: w.newName(made), form: made, rows: []*row{r}}
	w.Note("%s: row %d is corrected in %s, event %d version %d", f.name, i+1, other.name, r.number, r.version)
	w.files = append(w.files, other)
	w.write(other)
}

func (w *World) damage(f *file) {
	f.damaged = true
	w.Note("%s is damaged", f.name)
	w.write(f)
}

// mend makes damaged files whole again.
func (w *World) mend() {
	for _, f := range w.files {
		if f.damaged {
			f.damaged = false
			w.Note("%s is mended", f.name)
			w.write(f)
		}
	}
}

// Note adds a line to what happened.
func (w *World) Note(format string, values ...any) {
	w.Story = append(w.Story, fmt.Sprintf(format, values...))
}
