package webreport

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"ph2cio/internal/inspect"
	"ph2cio/internal/transfer"
)

// filler sets every field of a document, so that a test finds out which of them a page shows. Each text and
// each number is another one, and is noted with the path of its field.
type filler struct {
	texts   map[string]string // the path of each text
	numbers map[int64]string  // the path of each number
	next    int64
	text    func(n int64) string
}

func newFiller(text func(n int64) string) *filler {
	return &filler{texts: map[string]string{}, numbers: map[int64]string{}, next: 1_000_000, text: text}
}

// fill sets v, which must be settable, and all below it. codes are keys of maps that stand for reasons.
func (f *filler) fill(v reflect.Value, path string) {
	switch v.Interface().(type) {
	case time.Time:
		f.next++
		v.Set(reflect.ValueOf(time.Date(2026, 3, 4, 9, int(f.next%60), 27, 0, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), path)
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				f.fill(v.Field(i), path+"."+field.Name)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return // of the rows that are never shown
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		f.fill(v.Index(0), path+"[]")
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key, path+"{key}")
		f.fill(value, path+"{}")
		v.SetMapIndex(key, value)
	case reflect.String:
		f.next++
		text := f.text(f.next)
		f.texts[text] = path
		v.SetString(text)
	case reflect.Int, reflect.Int64:
		f.next++
		f.numbers[f.next] = path
		v.SetInt(f.next)
	case reflect.Bool:
		v.SetBool(true)
	}
}

// fullDocument is a document in which everything is set, and that makes sense enough to be shown.
func fullDocument(kind Kind, f *filler) *Document {
	d := &Document{}
	if kind == Inspected {
		d.Inspection = &inspect.Result{}
	} else {
		d.Summary = &transfer.Summary{}
	}
	f.fill(reflect.ValueOf(d).Elem(), "Document")
	d.Kind, d.Examples = kind, true
	if kind == Inspected {
		d.Summary = nil
	} else {
		d.Inspection = nil
	}
	d.Words = append([]string{"ph2cio"}, d.Words...)
	details := d.details()
	details.Days = nil
	for i := range 3 {
		f.next += 10
		n := f.next * 10
		details.Days = append(details.Days, transfer.DayRows{Day: fmt.Sprintf("2026-03-%02d", 4+i), RowFates: transfer.RowFates{Send: n, Person: n + 1, LeftOut: n + 2, Rejected: n + 3, Before: n + 4, NotReached: n + 5}})
	}
	if s := d.Summary; s != nil {
		s.Rows.Unsent = s.Rows.Unanswered * 2
		for action := range map[string]bool{"identify": true, "event": true, "page": true, "screen": true, "merge": true} {
			for _, counts := range []map[string]int64{s.Operations, s.Accepted, s.Refused, s.Unsent, s.Unanswered} {
				f.next++
				counts[action] = f.next
			}
			s.Unsent[action] += s.Unanswered[action]
		}
		for _, who := range choices {
			f.next += 1000
			s.Profiles[who.who], s.Known[who.who] = int(f.next)*2, int(f.next)
		}
		s.Examples[0].Reason = anyKey(s.Rows.Rejected)
		details.Examples = append(details.Examples, details.Examples[0])
		details.Examples[0].Reason = anyKey(s.Rows.Skipped)
		s.Sources[0].Warning = ""
	}
	if in := d.Inspection; in != nil {
		details.Examples = append(details.Examples, details.Examples[0])
		details.Examples[0].Reason, in.Rejects[0].Reason = anyKey(in.Rows.Skipped), anyKey(in.Rows.Rejected)
	}
	return d
}

func anyKey(counts map[string]int64) string {
	for key := range counts {
		return key
	}
	return ""
}

// pageOf is the page of a document.
func pageOf(d *Document) (string, error) {
	var b strings.Builder
	err := Write(&b, d)
	return b.String(), err
}
