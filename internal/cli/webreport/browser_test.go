package webreport

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/testkit/browser"
)

// TestBrowserShowsAnyText opens pages in which everything is set, with texts that are hard to lay out.
func TestBrowserShowsAnyText(t *testing.T) {
	b := browser.Start(t)
	for name, text := range map[string]string{
		"long words": strings.Repeat("Wm", 600), "from right to left": strings.Repeat("שלום עולם ", 30), "marks": "Z" + strings.Repeat("\u0337\u0321\u034e", 40),
	} {
		for _, kind := range []Kind{Stopped, Inspected} {
			t.Run(name+" "+string(kind), func(t *testing.T) {
				page, err := pageOf(fullDocument(kind, newFiller(func(int64) string { return text })))
				if err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(t.TempDir(), "page.html")
				if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
					t.Fatal(err)
				}
				p := b.Open(t, path, browser.View{Width: 390, Height: 844, Dark: kind == Inspected})
				p.OpenDetails()
				if pixels, what := p.TooWide(); pixels > 0 {
					t.Errorf("the page is %d pixels wider than its window: %s", pixels, what)
				}
				complaints := p.Complaints()
				if name == "long words" { // which takes long
					complaints = append(complaints, p.Barriers()...)
				}
				for _, one := range complaints {
					t.Error(one)
				}
			})
		}
	}
}
