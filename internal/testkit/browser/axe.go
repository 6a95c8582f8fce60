package browser

import (
	"fmt"
	"os"
	"path/filepath"
)

// Barriers are what axe-core finds that keeps somebody from reading the page, with everything opened that can
// be opened. Where axe-core is not installed, it finds nothing and says so.
func (p *Page) Barriers() (all []string) {
	p.t.Helper()
	dir := os.Getenv("PH2CIO_AXE")
	if dir == "" {
		p.t.Log("axe-core is not installed, so it checks nothing: npm install --prefix DIR axe-core@4.14.1, and set PH2CIO_AXE=DIR")
		return nil
	}
	axe, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		p.t.Fatal(err)
	}
	p.OpenDetails()
	p.Eval(string(axe)+"; 0", nil)
	var found []struct{ ID, Impact, Help, Where string }
	p.Eval(`axe.run().then(all => all.violations.map(one => ({id: one.id, impact: one.impact, help: one.help, where: one.nodes.map(node => node.html).slice(0, 3).join(' | ')})))`, &found)
	for _, one := range found {
		all = append(all, fmt.Sprintf("%s, %s: %s: %.400s", one.Impact, one.ID, one.Help, one.Where))
	}
	return all
}

// OpenDetails opens everything on the page that can be opened.
func (p *Page) OpenDetails() {
	p.t.Helper()
	p.Eval("document.querySelectorAll('details').forEach(one => { one.open = true }); 0", nil)
}

// TooWide returns how many pixels the page is wider than its window, 0 if it fits, and what sticks out.
func (p *Page) TooWide() (pixels int, what string) {
	p.t.Helper()
	var found struct {
		Pixels int
		What   string
	}
	p.Eval(`(() => {
		const most = innerWidth, pixels = document.documentElement.scrollWidth - most;
		const wide = [...document.body.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > most + 1);
		return {pixels: pixels, what: wide.map(one => one.outerHTML.slice(0, 120)).slice(-3).join(' | ')};
	})()`, &found)
	return max(found.Pixels, 0), found.What
}
