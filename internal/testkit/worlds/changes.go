package worlds

// arrive puts the rows of a day into files: new ones, and unless all is to be new, some that are there
// already.
func (w *World) arrive(rows []*row, allNew bool) {
	for len(rows) > 0 {
		n := 1 + w.IntN(len(rows))
		f := w.files.some((*file).isSound)
		if f == nil || allNew || w.chance(60) {
			f = w.files.add(w.form())
		}
		at := len(f.rows)
		if w.chance(15) {
			at = 0
		}
		f.insert(at, rows[:n]...)
		w.story.count("files grown or new")
		w.story.note("%s grows to %d rows%s", f.name, len(f.rows), told(rows[:n]))
		w.files.write(f)
		rows = rows[n:]
	}
}

// shuffle lets things happen to files.
func (w *World) shuffle() {
	changes := []struct {
		percent int
		fits    func(*file) bool
		change  func(*file)
	}{
		{15, (*file).isSound, w.files.rename},
		{15, (*file).isSound, w.files.recompress},
		{8, w.deletable, w.files.delete},
		{10, (*file).isWhole, w.files.concatenate},
		{10, (*file).isSound, w.files.copyRows},
		{25, w.replaceable, w.correctInPlace},
		{20, (*file).isWhole, w.correctElsewhere},
		{20, func(f *file) bool { return !f.damaged && len(f.rows) > 0 }, w.files.damage},
	}
	for _, each := range changes {
		if !w.chance(each.percent) {
			continue
		}
		if f := w.files.some(each.fits); f != nil {
			each.change(f)
		}
	}
	if w.chance(8) {
		w.files.addEmpty()
	}
}

// replaceable reports whether rows may go from a file without loss: all were read, and none has to be tried
// again.
func (w *World) replaceable(f *file) bool { return f.isWhole() && !w.refused }

// deletable reports whether a file may be deleted.
func (w *World) deletable(f *file) bool { return w.replaceable(f) && len(w.files.files) > 1 }

func (w *World) correctInPlace(f *file) {
	r, i := w.correction(f)
	if r == nil {
		return
	}
	w.story.count("rows corrected")
	w.story.note("%s: row %d is corrected in place, event %d version %d", f.name, i+1, r.id, r.version)
	f.replace(i, r)
	w.files.write(f)
}

func (w *World) correctElsewhere(f *file) {
	r, i := w.correction(f)
	if r == nil {
		return
	}
	other := w.files.add(w.form(), r)
	w.story.count("rows corrected")
	w.story.note("%s: row %d is corrected in %s, event %d version %d", f.name, i+1, other.name, r.id, r.version)
	w.files.write(other)
}

// correction returns a newer version of one of a file's events, and its place; nil if there is nothing to
// correct.
func (w *World) correction(f *file) (newer *row, at int) {
	var places []int
	for i, r := range f.rows {
		if r.isEvent() && !r.changesPerson() && (r.unreadable || w.chance(20)) {
			places = append(places, i)
		}
	}
	if len(places) == 0 {
		return nil, 0
	}
	at = one(w.dice, places)
	return w.project.correct(f.rows[at]), at
}
