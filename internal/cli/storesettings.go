package cli

import (
	"maps"
	"slices"
	"strings"
)

// storeCredentials are, by the beginning of their names, settings that belong together, so that they must
// come from one place.
var storeCredentials = map[string][]string{
	awsPrefix: {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"},
	azurePrefix: {"AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN",
		"AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE"},
}

// isStoreSetting reports whether a setting is one that the libraries of stores know.
func isStoreSetting(name string) bool {
	return strings.HasPrefix(name, awsPrefix) || strings.HasPrefix(name, azurePrefix)
}

// prepareStores is called before the first store is used.
func (p *program) prepareStores() {
	p.useStoreSettings()
	if p.stores.options.Unencrypted() {
		p.warn("--s3-endpoint begins with http://, so objects travel unencrypted; write https:// if the server can be reached that way")
	}
}

// useStoreSettings adds the settings of .env that the libraries of stores read to the environment of this
// process, which is the only place where they look for them. The environment wins over .env: credentials of
// .env are not used if the environment has credentials for the same service, or a profile.
func (p *program) useStoreSettings() {
	if p.env.Setenv == nil {
		return
	}
	has := func(name string) bool { return p.env.get(name) != "" }
	others := map[string]bool{
		awsPrefix:   slices.ContainsFunc(storeCredentials[awsPrefix], has) || has("AWS_PROFILE"),
		azurePrefix: slices.ContainsFunc(storeCredentials[azurePrefix], has),
	}
	for _, name := range slices.Sorted(maps.Keys(p.dotenv.values)) {
		_, set := p.env.Getenv(name)
		prefix, _, _ := strings.Cut(name, "_")
		prefix += "_"
		if set || !isStoreSetting(name) || others[prefix] && slices.Contains(storeCredentials[prefix], name) {
			continue
		}
		_ = p.env.Setenv(name, p.dotenv.values[name]) // without it no credentials are found, which is reported
	}
}
