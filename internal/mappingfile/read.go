package mappingfile

// Read reads the text of a mapping file, which has at most MaxSize bytes. The name stands in errors. The
// error joins those of the whole file; each has the type *Error. The file has then what could be read of its
// settings, so that these can be checked too, and nothing else.
func Read(text []byte, name string) (*File, error) {
	r := &reader{problems: problems{file: name}}
	f := &File{Name: name}
	var ok bool
	if r.source, ok = newSource(&r.problems, text); !ok {
		return f, r.err()
	}
	root, ok := parseYAML(&r.problems, r.source)
	if ok && root != nil && root.kind != isNull {
		fileKeys.read(r, root, f)
	}
	if err := r.err(); err != nil {
		return &File{Name: name, Settings: f.Settings}, err
	}
	return f, nil
}
