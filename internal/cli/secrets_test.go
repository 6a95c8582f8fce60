package cli

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/sandbox"
)

const (
	canarySite = "canary-site-71c0"
	canaryKey  = "canary-key-e4410b"

	canaryS3Key    = "AKIDCANARY71C0"
	canaryS3Secret = "canary-secret-19d07b"
	canaryS3Token  = "canary-token-e0c5a2"
	canaryAzureSig = "canary-sig-41d7aa"
)

// TestNoSecretAppears runs every command, in good weather and bad, and searches all that it wrote for the
// credentials, in the forms in which they travel.
func TestNoSecretAppears(t *testing.T) {
	box, err := sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey}).Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The worst that an answer could do: say the credentials back.
		user, password, _ := r.BasicAuth()
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(user + ":" + password + " " + r.Header.Get("Authorization")))
	}))
	defer echo.Close()
	tls := httptest.NewTLSServer(http.NotFoundHandler())
	defer tls.Close()

	dir := t.TempDir()
	dotenv := filepath.Join(dir, "secrets.env")
	write(t, dotenv, "CUSTOMERIO_SITE_ID="+canarySite+"\nCUSTOMERIO_API_KEY="+canaryKey+"\n")
	broken := filepath.Join(dir, "broken.env")
	write(t, broken, "CUSTOMERIO_API_KEY='"+canaryKey+"\n= \"\n")
	keyFile := filepath.Join(dir, "key")
	write(t, keyFile, canaryKey)
	sample := "../../testdata/exports/acornly_events.jsonl"

	good := map[string]string{"CUSTOMERIO_SITE_ID": canarySite, "CUSTOMERIO_API_KEY": canaryKey, "CUSTOMERIO_TRACK_URL": box.URL()}
	at := func(address string) map[string]string {
		return map[string]string{"CUSTOMERIO_SITE_ID": canarySite, "CUSTOMERIO_API_KEY": canaryKey, "CUSTOMERIO_TRACK_URL": address}
	}
	withUser, err := url.Parse(box.URL())
	if err != nil {
		t.Fatal(err)
	}
	withUser.User = url.UserPassword(canarySite, canaryKey)

	runs := []struct {
		name        string
		environment map[string]string
		args        []string
	}{
		{"backfill", good, []string{"backfill", "-v", "--yes", "--state", dir, sample}},
		{"backfill as JSON", good, []string{"backfill", "--json", "--yes", "--state", dir, sample}},
		{"sync", good, []string{"sync", "-v", "--state", dir, sample}},
		{"retry", good, []string{"retry", "--yes", "-v", "--state", dir}},
		{"status", good, []string{"status", "-v", "--state", dir}},
		{"dry run", good, []string{"backfill", "--dry-run", sample}},
		{"preview", good, []string{"preview", "-v", sample}},
		{"inspect", good, []string{"inspect", "-v", sample}},
		{"inspect as JSON", good, []string{"inspect", "--json", sample}},
		{"explain", good, []string{"explain", "-v", sample, "--id", "user_1001"}},
		{"explain as JSON", good, []string{"explain", "--json", sample, "--id", "user_1001"}},
		{"check", good, []string{"check", "-v", sample}},
		{"check as JSON", good, []string{"check", "--json"}},
		{"version", good, []string{"version", "--json"}},
		{"help", good, []string{"help", "environment"}},
		{"completion", good, []string{"completion", "bash"}},
		{"sandbox on a bad address", good, []string{"sandbox", "--listen", "198.51.100.1:1"}},
		{"from a file of settings", map[string]string{"CUSTOMERIO_TRACK_URL": box.URL()}, []string{"check", "--env-file", dotenv}},
		{"from a broken file of settings", nil, []string{"check", "--env-file", broken}},
		{"from a key file", map[string]string{
			"CUSTOMERIO_SITE_ID": canarySite, "CUSTOMERIO_API_KEY_FILE": keyFile, "CUSTOMERIO_TRACK_URL": box.URL(),
		}, []string{"check"}},
		{"wrong credentials", map[string]string{
			"CUSTOMERIO_SITE_ID": canaryKey, "CUSTOMERIO_API_KEY": canarySite, "CUSTOMERIO_TRACK_URL": box.URL(),
		}, []string{"backfill", "--yes", "-v", sample}},
		{"an answer that says them back", at(echo.URL), []string{"backfill", "--yes", "-v", sample}},
		{"a certificate that is not trusted", at(tls.URL), []string{"check", "-v"}},
		{"credentials in the URL", at(withUser.String()), []string{"check", "-v"}},
		{"plain HTTP to elsewhere", at("http://" + canaryKey + "@192.0.2.1"), []string{"check"}},
		{"a URL that is none", at("ht tp://" + canaryKey), []string{"check"}},
		{"a flag that is none", good, []string{"backfill", "--yes", "--api-key", "x"}},
	}
	for _, run := range runs {
		t.Run(run.name, func(t *testing.T) {
			out := runProgram(t, run.environment, run.args...)
			if out.stdout == "" && out.stderr == "" {
				t.Error("it said nothing, so there was nothing to search")
			}
			search(t, "stdout", out.stdout)
			search(t, "stderr", out.stderr)
		})
	}
	for _, secret := range []string{dotenv, broken, keyFile} {
		if err := os.Remove(secret); err != nil {
			t.Fatal(err)
		}
	}
	searchFiles(t, dir)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func search(t *testing.T, where, text string) {
	t.Helper()
	for _, canary := range []string{
		canarySite, canaryKey, canaryS3Key, canaryS3Secret, canaryS3Token, canaryAzureSig, "AWS4-HMAC-SHA256", "Signature=", "sig=",
		base64.StdEncoding.EncodeToString([]byte(canarySite + ":" + canaryKey)),
		base64.StdEncoding.EncodeToString([]byte(canaryKey + ":" + canarySite)),
	} {
		if strings.Contains(text, canary) {
			t.Errorf("%s holds %q:\n%s", where, canary, text)
		}
	}
}

func searchFiles(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		search(t, path, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
