package cli

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/fakestore"
)

// TestEveryCommandKeepsSecrets runs each command that there is, with everything turned on that says or keeps
// more, against an API that takes the credentials, one that does not, and one that refuses what it is sent;
// and searches what was said and kept. Each reads a file, and an object of S3 and one of Azure, which take the
// credentials or say them back. A command that is new has to be put here.
func TestEveryCommandKeepsSecrets(t *testing.T) {
	refusing := sandbox.Faults{Refuse: []sandbox.Refusal{{Match: "Order Completed", Reason: "invalid", Message: canaryKey + " is no good"}}}
	broken := sandbox.Faults{Answers: []sandbox.Answer{{Status: 403, Body: sandbox.BodyText, Text: canarySite + ":" + canaryKey}}}
	arguments := map[string][][]string{
		"backfill":   {{"--yes", acornly}, {"--yes", "--restart", acornly}, {"--dry-run", acornly}},
		"sync":       {{"--yes", acornly}, {"--yes", "--first-run", acornly}, {"--yes", acornly}},
		"retry":      {{"--yes"}},
		"preview":    {{acornly}},
		"inspect":    {{acornly}},
		"explain":    {{acornly, "--id", "user_1001"}},
		"check":      {{acornly}},
		"init":       {{}},
		"status":     {{}},
		"mapping":    {{"show"}, {"test"}, {"schema"}, {"init"}, {}},
		"sandbox":    {{"--listen", "198.51.100.1:1"}},
		"version":    {{}},
		"help":       {{"environment"}, {"sending"}},
		"completion": {{"bash"}},
	}
	for name, value := range fakestore.S3Environment(canaryS3Key, canaryS3Secret, canaryS3Token) {
		t.Setenv(name, value)
	}
	for name, faults := range map[string]sandbox.Faults{"good": {}, "refusing": refusing, "broken": broken} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, err := sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey, Faults: faults}).Start("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer box.Close()
			dir := t.TempDir()
			environment := map[string]string{
				"CUSTOMERIO_SITE_ID": canarySite, "CUSTOMERIO_API_KEY": canaryKey, "CUSTOMERIO_TRACK_URL": box.URL(),
				"PH2CIO_S3_ENDPOINT": s3WithSecrets(t, name), "PH2CIO_AZURE_ENDPOINT": azureWithSecrets(t, name),
				"PH2CIO_LOG_FILE": filepath.Join(dir, "all.log"),
			}
			maps.Copy(environment, fakestore.AzureEnvironment("", "", "?sv=2026-02-06&sr=c&sp=rl&sig="+canaryAzureSig))
			commands := newRoot(newProgram(Env{}, nil)).Commands()
			for _, c := range commands {
				if !c.Runnable() && !c.HasSubCommands() || c.IsAdditionalHelpTopicCommand() {
					continue
				}
				all, known := arguments[c.Name()]
				if !known {
					t.Errorf("%s is not among the commands that are searched", c.Name())
				}
				for _, args := range all {
					for _, more := range [][]string{{"-v"}, {"--json"}, {"--log-format", "json", "-v"}} {
						searchCommand(t, environment, dir, c, append(args[:len(args):len(args)], more...))
					}
					if at := slices.Index(args, acornly); at >= 0 {
						for _, url := range []string{"s3://bucket/acornly.jsonl", "az://account/bucket/acornly.jsonl"} {
							inStore := slices.Replace(slices.Clone(args), at, at+1, url)
							searchCommand(t, environment, dir, c, append(inStore, "-v", "--json"))
						}
					}
				}
			}
			searchFiles(t, dir)
			if kept, err := os.ReadDir(filepath.Join(dir, "cache")); name == "good" && len(kept) != 2 {
				t.Errorf("%d objects were read, not one of each store: %v", len(kept), err)
			}
		})
	}
}

// searchCommand runs a command with a state and metrics in dir, as far as it has flags for them.
func searchCommand(t *testing.T, environment map[string]string, dir string, c *cobra.Command, args []string) {
	t.Helper()
	for flag, value := range map[string]string{
		"state": filepath.Join(dir, "state"), "metrics-file": filepath.Join(dir, c.Name()+".prom"), "tmp": dir, "operations": filepath.Join(dir, "operations.jsonl"),
		cacheFlag: filepath.Join(dir, "cache"),
	} {
		if c.Flags().Lookup(flag) != nil {
			args = append(args, "--"+flag, value)
		}
	}
	out := runProgram(t, environment, append([]string{c.Name()}, args...)...)
	if out.stdout == "" && out.stderr == "" {
		t.Errorf("%s %q said nothing, so there was nothing to search", c.Name(), args)
	}
	search(t, "stdout", out.stdout)
	search(t, "stderr", out.stderr)
}

// s3WithSecrets starts a server of S3: a good one; one whose errors say what is in the request; or one that
// redirects to them.
func s3WithSecrets(t *testing.T, kind string) (url string) {
	t.Helper()
	good := &fakestore.S3{Objects: oneObject(t), Key: canaryS3Key}
	return startHandler(t, func(w http.ResponseWriter, r *http.Request) {
		secrets := strings.Join([]string{r.Header.Get("Authorization"), canaryS3Secret, r.Header.Get("X-Amz-Security-Token")}, " ")
		switch {
		case kind == "refusing" && !fakestore.IsList(r):
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, "<Error><Code>SignatureDoesNotMatch</Code><Message>%s</Message><AWSAccessKeyId>%s</AWSAccessKeyId></Error>", secrets, canaryS3Key)
		case kind == "broken":
			w.Header().Set("Location", "http://"+canaryS3Key+":"+canaryS3Secret+"@127.0.0.1/?X-Amz-Security-Token="+canaryS3Token)
			w.WriteHeader(http.StatusTemporaryRedirect)
			fmt.Fprint(w, secrets)
		default:
			good.ServeHTTP(w, r)
		}
	})
}

// azureWithSecrets is the same for Azure.
func azureWithSecrets(t *testing.T, kind string) (url string) {
	t.Helper()
	good := &fakestore.Azure{Objects: oneObject(t), Account: "account", Signature: canaryAzureSig}
	return startHandler(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case kind == "refusing" && !fakestore.IsList(r):
			w.Header().Set("X-Ms-Error-Code", "AuthenticationFailed")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, "<Error><Code>AuthenticationFailed</Code><Message>%s</Message><AuthenticationErrorDetail>Signature did not match: %[1]s</AuthenticationErrorDetail></Error>", r.URL)
		case kind == "broken":
			w.Header().Set("Location", r.URL.String())
			w.WriteHeader(http.StatusTemporaryRedirect)
			fmt.Fprint(w, r.URL)
		default:
			good.ServeHTTP(w, r)
		}
	})
}

// oneObject is a bucket with one export.
func oneObject(t *testing.T) *fakestore.Memory {
	t.Helper()
	objects := &fakestore.Memory{}
	objects.Put("acornly.jsonl", []byte(fileText(t, "testdata/exports/acornly_events.jsonl")))
	return objects
}

func startHandler(t *testing.T, answer http.HandlerFunc) (url string) {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL
}
