package objectstore

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"ph2cio/internal/exit"
	"ph2cio/internal/loopback"
	"ph2cio/internal/source"
)

// The settings that hold credentials, as Azure's own programs call them.
const (
	azConnectionString = "AZURE_STORAGE_CONNECTION_STRING"
	azKey              = "AZURE_STORAGE_KEY"
	azSASToken         = "AZURE_STORAGE_SAS_TOKEN"
	azAccountName      = "AZURE_STORAGE_ACCOUNT"
)

// azCredentials are what the settings say about an account. They have either a key or a SAS token, or nothing,
// which stands for the sign-in of this machine.
type azCredentials struct {
	from     string // the setting; empty for the sign-in
	key, sas string
	endpoint string // of the account's blobs; empty for Azure's own
}

// azAccess is what errors say about credentials. It has no secrets.
type azAccess struct {
	from string     // the setting; empty for the sign-in
	sas  url.Values // what a SAS token allows; nil for others
}

// name names the credentials.
func (a azAccess) name() string { return cmp.Or(a.from, "the sign-in of this machine") }

// access returns what errors may say.
func (c *azCredentials) access() azAccess {
	a := azAccess{from: c.from}
	if c.sas != "" {
		a.sas, _ = url.ParseQuery(c.sas) // azFind has
		a.sas.Del("sig")
	}
	return a
}

// azFind returns the credentials for an account: those of the first of three settings that is set, or none.
func azFind(account string, setting func(string) string) (azCredentials, error) {
	set := func(name string) string { return strings.TrimSpace(setting(name)) }
	if text := set(azConnectionString); text != "" {
		return azParseConnection(account, text)
	}
	c := azCredentials{from: azKey, key: set(azKey)}
	if c.key == "" {
		c = azCredentials{from: azSASToken, sas: set(azSASToken)}
	}
	if c.key == "" && c.sas == "" {
		return azCredentials{}, nil
	}
	if other := set(azAccountName); other != "" && other != account {
		return c, azOtherAccount(azAccountName, other, account)
	}
	return c, c.checkSAS()
}

// azParseConnection returns what a connection string has. Azure's documentation says under "Configure Azure
// Storage connection strings" what may be in one.
func azParseConnection(account, text string) (azCredentials, error) {
	parts := map[string]string{}
	for part := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(part, "=")
		parts[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
	}
	c := azCredentials{
		from: azConnectionString, key: parts["accountkey"], sas: parts["sharedaccesssignature"],
		endpoint: strings.TrimSuffix(parts["blobendpoint"], "/"),
	}
	if other := parts["accountname"]; other != "" && other != account {
		return c, azOtherAccount(azConnectionString, other, account)
	}
	if c.key == "" && c.sas == "" {
		return c, azBadSetting(c.from, "has neither an AccountKey nor a SharedAccessSignature", "copy all of it, from Access keys in the Azure portal")
	}
	if c.key != "" {
		c.sas = ""
	}
	if suffix := parts["endpointsuffix"]; c.endpoint == "" && suffix != "" {
		c.endpoint = cmp.Or(strings.ToLower(parts["defaultendpointsprotocol"]), "https") + "://" + account + ".blob." + suffix
	}
	return c, c.checkSAS()
}

// checkSAS removes what people copy before a SAS token, and says what is wrong with it.
func (c *azCredentials) checkSAS() error {
	if c.sas == "" {
		return nil
	}
	c.sas = c.sas[strings.IndexByte(c.sas, '?')+1:]
	if values, err := url.ParseQuery(c.sas); err != nil || values.Get("sig") == "" {
		return azBadSetting(c.from, "has no SAS token", "a SAS token has sv=, sp= and sig= in it: copy all of it")
	}
	return nil
}

// azOtherAccount is the error for credentials of another account than that of the URL.
func azOtherAccount(from, other, account string) error {
	return &Error{
		text: fmt.Sprintf("%s is for the storage account %s, and the URL names %q", from, quoted(other), account),
		code: exit.Credentials, is: source.ErrUnavailable,
		hint: "give the account of the URL its own credentials, or name the other account in the URL",
	}
}

// azBadSetting is the error for a setting that cannot be used. It does not show the value.
func azBadSetting(from, what, hint string) error {
	return &Error{text: from + " " + what, code: exit.Credentials, is: source.ErrUnavailable, hint: hint}
}

// quoted returns a word of the settings that may be shown, in quotes.
func quoted(text string) string {
	if text = word(text); text == "" {
		return "of another name"
	}
	return fmt.Sprintf("%q", text)
}

// azEndpoint returns the URL of the account's blobs, without a slash at its end. flag has the URL that users
// have typed.
func azEndpoint(flag string, c azCredentials, account string) (string, error) {
	name, endpoint := "--azure-endpoint", flag
	if endpoint == "" {
		name, endpoint = "the BlobEndpoint in "+azConnectionString, c.endpoint
	}
	if endpoint == "" {
		return "https://" + account + ".blob.core.windows.net", nil
	}
	if err := azCheckEndpoint(name, endpoint); err != nil {
		return "", err
	}
	u, _ := url.Parse(endpoint) // which is checked
	path := strings.Trim(u.Path, "/")
	label, rest, _ := strings.Cut(u.Hostname(), ".")
	local := net.ParseIP(u.Hostname()) != nil || rest == ""
	switch {
	case local && path == "":
		path = account
	case local && path != account:
		return "", azOtherAccount(name, path, account)
	case strings.HasPrefix(rest, "blob.") && strings.TrimSuffix(label, "-secondary") != account:
		return "", azOtherAccount(name, label, account)
	}
	return strings.TrimSuffix(u.Scheme+"://"+u.Host+"/"+path, "/"), nil
}

// azCheckEndpoint says what is wrong with an endpoint, which name names. An empty one is right.
func azCheckEndpoint(name, endpoint string) error {
	if endpoint == "" {
		return nil
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return &Error{text: name + " is no URL of a server", hint: "write https://ACCOUNT.blob.core.windows.net or http://127.0.0.1:PORT/ACCOUNT"}
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return &Error{text: name + " has more than a server", hint: "write only https://HOST; a key or SAS token belongs into " + azKey + " or " + azSASToken}
	case u.Scheme == "http" && !loopback.Is(u.Hostname()):
		return &Error{text: name + " would send data over the network as plain text", hint: "write https://; http:// is only for this machine"}
	}
	return nil
}

// azLacks returns which of its letters a SAS token lacks for a request, such as "l (List)". It is empty if
// the token does not say what it allows, or nothing is lacking.
func (a azAccess) lacks(what string) string {
	permission, letter := "r (Read)", "r"
	if what == "list" {
		permission, letter = "l (List)", "l"
	}
	if allowed := a.sas.Get("sp"); allowed != "" && !strings.Contains(allowed, letter) {
		return "the permission " + permission
	}
	if services := a.sas.Get("ss"); services != "" && !strings.Contains(services, "b") {
		return "the service b (Blob)"
	}
	kind, letter := "o (Object)", "o"
	if what == "list" {
		kind, letter = "c (Container)", "c"
	}
	if kinds := a.sas.Get("srt"); kinds != "" && !strings.Contains(kinds, letter) {
		return "the resource type " + kind
	}
	if resource := a.sas.Get("sr"); resource != "" && what == "list" && !slices.Contains([]string{"c", "d"}, resource) {
		return "access to the container, since it is for one blob"
	}
	return ""
}

// expired reports whether a SAS token says that it has expired.
func (a azAccess) expired(now time.Time) bool {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z", time.DateOnly} {
		if until, err := time.Parse(layout, a.sas.Get("se")); err == nil {
			return now.After(until)
		}
	}
	return false
}
