package browser

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// View is how a page is looked at.
type View struct {
	Width, Height int
	Dark          bool
	Print         bool // with the styles of print
}

// Page is an open page.
type Page struct {
	t       *testing.T
	pipe    *pipe
	session string
	loaded  chan struct{}

	mu         sync.Mutex
	requests   []string
	complaints []string
}

// Open opens a file.
func (b *Browser) Open(t *testing.T, path string, v View) *Page {
	t.Helper()
	p := &Page{t: t, pipe: b.pipe, loaded: make(chan struct{}, 8)}
	var target struct{ TargetID string }
	p.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	p.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	t.Cleanup(func() {
		_, _ = b.pipe.call("", "Target.closeTarget", map[string]any{"targetId": target.TargetID}) // the browser may have ended
	})
	p.session = attached.SessionID
	b.pipe.listen(p.session, p.event)
	for _, domain := range []string{"Page", "Runtime", "Network", "Log"} {
		p.call(domain+".enable", nil, nil)
	}
	scheme, media := "light", ""
	if v.Dark {
		scheme = "dark"
	}
	if v.Print {
		media = "print"
	}
	p.call("Emulation.setEmulatedMedia", map[string]any{
		"media": media, "features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}},
	}, nil)
	p.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": v.Width, "height": v.Height, "deviceScaleFactor": 1, "mobile": false}, nil)
	absolute, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	p.call("Page.navigate", map[string]any{"url": (&url.URL{Scheme: "file", Path: filepath.ToSlash(absolute)}).String()}, nil)
	select {
	case <-p.loaded:
	case <-time.After(mostWait):
		t.Fatal("the page does not load")
	}
	return p
}

// event notes requests and complaints.
func (p *Page) event(m message) {
	var e struct {
		Request struct{ URL string }
		Entry   struct{ Level, Text, URL string }
		Type    string
		Args    []struct{ Value any }
		Details json.RawMessage `json:"exceptionDetails"`
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m.Method {
	case "Page.loadEventFired":
		select {
		case p.loaded <- struct{}{}:
		default:
		}
	case "Network.requestWillBeSent":
		p.requests = append(p.requests, e.Request.URL)
	case "Log.entryAdded":
		p.complaints = append(p.complaints, e.Entry.Level+": "+e.Entry.Text+" "+e.Entry.URL)
	case "Runtime.consoleAPICalled":
		p.complaints = append(p.complaints, fmt.Sprint(e.Type, e.Args))
	case "Runtime.exceptionThrown":
		p.complaints = append(p.complaints, string(e.Details))
	}
}

// Requests are the URLs that the page has asked for, its own the first.
func (p *Page) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.requests...)
}

// Complaints are what the console says.
func (p *Page) Complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.complaints...)
}

// Eval evaluates an expression in the page, and stores its value, which must be JSON. It waits for a promise.
func (p *Page) Eval(expression string, into any) {
	p.t.Helper()
	var out struct {
		Result    struct{ Value json.RawMessage }
		Exception json.RawMessage `json:"exceptionDetails"`
	}
	p.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &out)
	if out.Exception != nil {
		p.t.Fatalf("%.200s: %s", expression, out.Exception)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(out.Result.Value, into); err != nil {
		p.t.Fatalf("%.200s: %v", expression, err)
	}
}

// PDF prints the page.
func (p *Page) PDF() []byte {
	p.t.Helper()
	var out struct{ Data []byte }
	p.call("Page.printToPDF", map[string]any{"preferCSSPageSize": true, "printBackground": false}, &out)
	return out.Data
}

// Picture is a PNG of the whole page.
func (p *Page) Picture() []byte {
	p.t.Helper()
	var out struct{ Data []byte }
	p.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &out)
	return out.Data
}

func (p *Page) call(method string, params, into any) {
	p.t.Helper()
	result, err := p.pipe.call(p.session, method, params)
	if err == nil && into != nil {
		err = json.Unmarshal(result, into)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}
