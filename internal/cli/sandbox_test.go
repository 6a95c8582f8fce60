package cli

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"ph2cio/internal/sandbox"

	"ph2cio/internal/cli/terminal"
)

// What a sandbox holds is listed one thing a line, whatever the names are.
func TestTheSandboxIsListedInTheWidthOfTheTerminal(t *testing.T) {
	box := sandbox.New(sandbox.Options{SiteID: "s", APIKey: "k"})
	send := func(operation string) {
		r := httptest.NewRequest("POST", "/api/v2/entity", strings.NewReader(operation))
		r.SetBasicAuth("s", "k")
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		if box.ServeHTTP(w, r); w.Code != 200 {
			t.Fatalf("%s: %s", operation, w.Body)
		}
	}
	for i, id := range []string{"user_1", "maximilian.mustermann@example.com", "0195602e-7a11-7c3e-9d55-3f2b61c0aa01", "ユーザー一号"} {
		send(fmt.Sprintf(`{"type":"person","action":"identify","identifiers":{"id":%q},"attributes":{"email":"someone%d@example.com","plan":%q}}`,
			id, i, strings.Repeat("名前", 20)))
		send(fmt.Sprintf(`{"type":"person","action":"event","identifiers":{"id":%q},"name":%q,"timestamp":1772615727}`,
			id, "Order "+strings.Repeat("名前", 12)))
	}
	box.Flush()
	for _, width := range []int{80, 90, 100} {
		text := sandboxText{width: width}
		text.people(box)
		text.events(box)
		for line := range strings.Lines(text.String()) {
			if wide := terminal.ColumnsOf(strings.TrimSuffix(line, "\n")); wide > width {
				t.Errorf("%d columns of %d: %s", wide, width, line)
			}
		}
		if strings.Count(text.String(), "...") != 8 {
			t.Errorf("in %d columns not every name is shortened: %s", width, text.String())
		}
	}
}
