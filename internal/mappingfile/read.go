package mappingfile

// Read reads the text of a mapping file, which has at most MaxSize bytes. The name stands in errors. The
// error joins those of the whole file; each has the type *Error.
func Read(text []byte, name string) (*File, error) {
	r := &reader{problems: problems{file: name}}
	f := &File{Name: name}
	var ok bool
	if r.source, ok = newSource(&r.problems, text); !ok {
		return nil, r.err()
	}
	root, ok := parseYAML(&r.problems, r.source)
	if ok && root != nil && root.kind != isNull {
		fileKeys.read(r, root, f)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return f, nil
}
