package fakestore

import (
	"net/http"
	"strings"
	"sync"
)

// Rule makes some requests fail.
type Rule struct {
	Method   string // LIST, HEAD or GET; empty for any
	Contains string // part of the path of the request; empty for any
	Except   string // part of a line of the header of requests that do not fail; empty for none
	Pass     int    // how many such requests do not fail, before those that do
	Times    int    // how many fail; 0 for all
	Fault
}

// Rules returns what Fail takes: the fault of the first rule that is for a request.
func Rules(rules []Rule) func(r *http.Request, n int) *Fault {
	var lock sync.Mutex
	seen := make([]int, len(rules)) // requests of each
	return func(r *http.Request, _ int) *Fault {
		lock.Lock()
		defer lock.Unlock()
		for i := range rules {
			rule := &rules[i]
			if rule.Method != "" && rule.Method != kindOf(r) || !strings.Contains(r.URL.Path, rule.Contains) || rule.excepts(r) {
				continue
			}
			if seen[i]++; seen[i] > rule.Pass && (rule.Times == 0 || seen[i] <= rule.Pass+rule.Times) {
				return &rule.Fault
			}
		}
		return nil
	}
}

// excepts reports whether the rule leaves a request alone for what is in its header.
func (rule *Rule) excepts(r *http.Request) bool {
	var header strings.Builder
	_ = r.Header.Write(&header) // never fails
	return rule.Except != "" && strings.Contains(header.String(), rule.Except)
}
