package objectstore

import (
	"strings"
	"testing"

	"ph2cio/internal/exit"
)

// TestAzuresCredentials has what people set, and what is found in it or is wrong with it.
func TestAzuresCredentials(t *testing.T) {
	const key, sas = "Q0FOQVJZ", "sv=2026&sp=rl&sig=CANARY%2B"
	for _, c := range []struct {
		set            map[string]string
		flag           string // --azure-endpoint
		key, sas, from string
		endpoint       string
		wrong          string
	}{
		{set: map[string]string{azKey: key}, key: key, from: azKey, endpoint: "https://account.blob.core.windows.net"},
		{set: map[string]string{azKey: key, azAccountName: "account"}, key: key, from: azKey, endpoint: "https://account.blob.core.windows.net"},
		{set: map[string]string{azSASToken: "?" + sas}, sas: sas, from: azSASToken, endpoint: "https://account.blob.core.windows.net"},
		{set: map[string]string{azSASToken: " https://account.blob.core.windows.net/c?" + sas}, sas: sas, from: azSASToken, endpoint: "https://account.blob.core.windows.net"},
		{
			set: map[string]string{azConnectionString: "DefaultEndpointsProtocol=https;AccountName=account;AccountKey=" + key + "==;EndpointSuffix=core.chinacloudapi.cn", azSASToken: sas},
			key: key + "==", from: azConnectionString, endpoint: "https://account.blob.core.chinacloudapi.cn",
		},
		{
			set: map[string]string{azConnectionString: "BlobEndpoint=http://127.0.0.1:10000/account/;SharedAccessSignature=" + sas},
			sas: sas, from: azConnectionString, endpoint: "http://127.0.0.1:10000/account",
		},
		{
			set: map[string]string{azConnectionString: "AccountName=account;AccountKey=" + key + ";BlobEndpoint=https://x.example/"}, flag: "http://localhost:1/",
			key: key, from: azConnectionString, endpoint: "http://localhost:1/account",
		},
		{set: map[string]string{azKey: key}, flag: "https://account-secondary.blob.core.windows.net/", key: key, from: azKey, endpoint: "https://account-secondary.blob.core.windows.net"},
		{set: map[string]string{azKey: key}, flag: "https://exports.example.com", key: key, from: azKey, endpoint: "https://exports.example.com"},

		{set: nil, endpoint: "https://account.blob.core.windows.net"},
		{set: map[string]string{azKey: key, azAccountName: "other"}, wrong: `AZURE_STORAGE_ACCOUNT is for the storage account "other", and the URL names "account"`},
		{set: map[string]string{azConnectionString: "AccountName=other;AccountKey=" + key}, wrong: `AZURE_STORAGE_CONNECTION_STRING is for the storage account "other"`},
		{set: map[string]string{azConnectionString: "AccountName=account"}, wrong: "neither an AccountKey nor"},
		{set: map[string]string{azConnectionString: "CANARY"}, wrong: "neither an AccountKey nor"},
		{set: map[string]string{azConnectionString: "BlobEndpoint=https://x;SharedAccessSignature=CANARY"}, wrong: "has no SAS token"},
		{set: map[string]string{azSASToken: "sv=1&sp=r"}, wrong: "has no SAS token"},
		{set: map[string]string{azKey: key}, flag: "http://10.0.0.1:10000/account", wrong: "plain text"},
		{set: map[string]string{azKey: key}, flag: "http://127.0.0.1:10000/other", wrong: `--azure-endpoint is for the storage account "other"`},
		{set: map[string]string{azKey: key}, flag: "https://other.blob.core.windows.net", wrong: `--azure-endpoint is for the storage account "other"`},
		{set: map[string]string{azKey: key}, flag: "https://account.blob.core.windows.net?sig=CANARY", wrong: "more than a server"},
		{set: map[string]string{azConnectionString: "AccountKey=" + key + ";BlobEndpoint=ftp://CANARY"}, wrong: "the BlobEndpoint in AZURE_STORAGE_CONNECTION_STRING is no URL of a server"},
	} {
		found, err := azFind("account", func(name string) string { return c.set[name] })
		endpoint := ""
		if err == nil {
			endpoint, err = azEndpoint(c.flag, found, "account")
		}
		if c.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), c.wrong) || exit.Hint(err) == "" || strings.Contains(err.Error()+exit.Hint(err), "CANARY") {
				t.Errorf("%v %s: %v; %s", c.set, c.flag, err, exit.Hint(err))
			}
			continue
		}
		if err != nil || found.key != c.key || found.sas != c.sas || found.from != c.from || endpoint != c.endpoint {
			t.Errorf("%v %s: %+v, %s, %v", c.set, c.flag, found, endpoint, err)
		}
		if found.access().sas.Has("sig") {
			t.Error("what errors may say has the signature")
		}
	}
}

// TestAKeyThatIsNone contacts nobody, and shows no part of it.
func TestAKeyThatIsNone(t *testing.T) {
	s := openStores(t, Options{Setting: func(name string) string { return map[string]string{azKey: "CANARY!"}[name] }}, nil)
	l, _ := s.Remote("az://account/c/")
	_, err := l.List(t.Context(), "az://account/c/")
	if err == nil || !strings.Contains(err.Error(), "AZURE_STORAGE_KEY is no key of a storage account") || strings.Contains(err.Error(), "CANARY") || exit.Code(err) != exit.Credentials {
		t.Error(err)
	}
	if _, err := New(Options{AzureEndpoint: "http://10.0.0.1"}); err == nil {
		t.Error("plain HTTP over the network is taken")
	}
}

// TestAzuresURLs says what is wrong with URLs.
func TestAzuresURLs(t *testing.T) {
	s := openStores(t, Options{}, nil)
	for arg, want := range map[string]string{
		"az://account/c": "", "az://account/c/": "", "az://account/c/a b?x": "", "az://account/$web/x": "",
		"AZ://account/c": "small letters", "az://": "no storage account", "az://account": "no container", "az://account/": "no container",
		"az://account/*/x": "cannot be the name of a container", "az://Account/c": "cannot be the name of a storage account",
		"az://account.blob.core.windows.net/c/x": "write az://account/CONTAINER", "az://a@b/c": "cannot be",
		"abfss://c@account.dfs.core.windows.net/x": "write az://ACCOUNT", "https://account.blob.core.windows.net/c": "az://ACCOUNT/CONTAINER", "ftp://x": "az://ACCOUNT",
	} {
		store, err := s.Remote(arg)
		got := ""
		if err != nil {
			got = err.Error() + "; " + exit.Hint(err)
		}
		if (store != nil) != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", arg, got, want)
		}
	}
}
