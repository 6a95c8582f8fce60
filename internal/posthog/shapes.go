package posthog

import "bytes"

// shape recognises one kind of file by its beginning. It returns nils for a file of another kind, and a
// refusal for a file of its kind that cannot be read.
type shape func(h *head) (*layout, *refusal)

// shapes are tried in this order. To read another kind of file, write its shape and decoder in a file of its
// own and add it here.
var shapes = []shape{
	foreign,
	eventsCSV,
	document,
	jsonLines,
	unknown,
}

// recogniseFile recognises the kind of a file. The layout is nil as long as there is only white space. skip
// is the number of bytes before the first row.
func recogniseFile(text []byte, whole bool, options Options) (l *layout, skip int, refused *refusal) {
	marked := len(text)
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	skip = marked - len(text)
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, marked, nil
	}
	if refused = loneReturns(text); refused != nil {
		return nil, 0, refused
	}
	shapes := shapes
	if options.persons {
		shapes = personShapes
	} else if l = eventLines(text, options); l != nil {
		return l, skip, nil
	}
	if options.Types == nil {
		options.Types = NewColumnTypes(nil)
	}
	h := &head{text: text, whole: whole, options: options, csvHead: headerOf(text, whole, options)}
	for _, recognise := range shapes {
		if l, refused = recognise(h); l != nil || refused != nil {
			break
		}
	}
	if refused != nil {
		return nil, 0, refused
	}
	return l.completed(options.Zone), skip + l.header, nil
}

// loneReturns refuses text with the line ends of old Macintosh programs, since all of it would be one line.
func loneReturns(text []byte) *refusal {
	if bytes.IndexByte(text, '\n') >= 0 {
		return nil
	}
	if first := bytes.IndexByte(text, '\r'); first < 0 || len(bytes.TrimSpace(text[first:])) == 0 {
		return nil
	}
	return refuse("the lines end with a carriage return alone", `convert the file to line feeds, for example with tr '\r' '\n'`)
}

// personShapes are the kinds of persons exports, tried in this order.
var personShapes = []shape{
	foreignBytes,
	personsCSV,
	personsDocument,
	personLines,
	notPersons,
}
