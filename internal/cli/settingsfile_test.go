package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestManyBadLines tells the first of them.
func TestManyBadLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(path, []byte(strings.Repeat("bad\n", 50)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := loadSettingsFile(path)
	if err == nil || strings.Count(err.Error(), "\n") != maxBadLines || !strings.HasSuffix(err.Error(), "30 more bad lines") {
		t.Errorf("%v", err)
	}
}
