package webreport

import (
	"fmt"
	"html/template"
	"io"
)

var page = template.Must(template.New("page").Parse(`<html lang="en"><meta charset="utf-8"><title>ph2cio</title><body>{{.Command}}`))

// Write writes the page of a document.
func Write(w io.Writer, d *Document) error {
	_, err := io.WriteString(w, beginning)
	if err == nil {
		err = page.Execute(w, d)
	}
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
