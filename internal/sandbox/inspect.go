package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// inspect answers the calls below /sandbox/.
func inspect(s *Sandbox, w http.ResponseWriter, r *http.Request) {
	views := map[string]func(io.Writer){
		"/sandbox/people":     func(w io.Writer) { showList(w, s.People()) },
		"/sandbox/objects":    func(w io.Writer) { showList(w, s.Objects()) },
		"/sandbox/events":     func(w io.Writer) { showList(w, s.Events()) },
		"/sandbox/activities": func(w io.Writer) { showList(w, s.Activities()) },
		"/sandbox/requests":   func(w io.Writer) { showList(w, s.Requests()) },
		"/sandbox/arrivals":   func(w io.Writer) { show(w, s.Arrivals()) },
		"/sandbox/stats":      func(w io.Writer) { show(w, s.Stats()) },
		"/sandbox/faults":     func(w io.Writer) { show(w, s.Faults()) },
	}
	orders := map[string]func(io.Reader) error{
		"/sandbox/faults": func(body io.Reader) error { return readFaults(s, body) },
		"/sandbox/reset":  func(io.Reader) error { s.Reset(); return nil },
		"/sandbox/flush":  func(io.Reader) error { s.Flush(); return nil },
	}
	view, order := views[r.URL.Path], orders[r.URL.Path]
	switch {
	case view == nil && order == nil:
		http.Error(w, "404 page not found", http.StatusNotFound)
	case r.Method == http.MethodGet && view != nil:
		w.Header().Set("Content-Type", jsonKind)
		view(w)
	case r.Method == http.MethodPost && order != nil:
		if err := order(http.MaxBytesReader(w, r.Body, 1<<20)); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", jsonKind)
		show(w, struct{}{})
	default:
		http.Error(w, "405 method not allowed", http.StatusMethodNotAllowed)
	}
}

// show writes v as JSON. An error means that the client has left.
func show(w io.Writer, v any) {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v)
}

// showList writes an array with one element a line, so that shells can work with it.
func showList[T any](w io.Writer, list []T) {
	between := "["
	for _, v := range list {
		_, _ = io.WriteString(w, between)
		show(w, v)
		between = ","
	}
	if len(list) == 0 {
		_, _ = io.WriteString(w, between)
	}
	_, _ = io.WriteString(w, "]\n")
}

// readFaults reads a JSON document of Faults and puts it in force. A name that does not exist is an error.
func readFaults(s *Sandbox, body io.Reader) error {
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	var f Faults
	if err := decoder.Decode(&f); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("faults: text after the document")
	}
	return s.SetFaults(f)
}
