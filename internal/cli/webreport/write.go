package webreport

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
)

//go:embed page.html
var pageText string

//go:embed page.css
var styleText string

// page is the template. The style is the only thing that the page's policy lets a browser use, by its hash.
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"spans":     spans,
	"style":     func() template.HTML { return template.HTML("<style>" + styleText + "</style>") },
	"styleHash": styleHash,
}).Parse(pageText))

func styleHash() string {
	sum := sha256.Sum256([]byte(styleText))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// largestPage is how many bytes a page has at most, so that it can be mailed.
const largestPage = 1_000_000

// Write writes the page of a document. It has at most about a megabyte: long lists end early, and say so. The
// document stays as it is.
func Write(w io.Writer, d *Document) error {
	if !d.Examples {
		d = public(d)
	}
	var out bytes.Buffer
	for rows := 1000; ; rows /= 2 {
		out.Reset()
		out.WriteString(beginning)
		b := &builder{d: d, fates: d.fates(), limits: limits{rows: rows}}
		if err := page.Execute(&out, b.view()); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
		if out.Len() <= largestPage || rows <= 1 {
			break
		}
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
