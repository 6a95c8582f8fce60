package customerio

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
)

const redacted = "[redacted]"

// Secret is a text that is never shown: printed, logged or encoded it is [redacted]. The zero value is empty.
type Secret struct {
	// It is a function, because fmt and debuggers print unexported strings and pointers, but not the result
	// of a function.
	reveal func() string
}

// NewSecret hides a text.
func NewSecret(text string) Secret { return Secret{func() string { return text }} }

// IsEmpty reports whether there is no text.
func (s Secret) IsEmpty() bool { return s.text() == "" }

func (s Secret) text() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// String says [redacted].
func (s Secret) String() string { return redacted }

// GoString says [redacted].
func (s Secret) GoString() string { return redacted }

// Format says [redacted] for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText says [redacted].
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON says "[redacted]".
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue says [redacted].
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Credentials are a workspace's Track API credentials. The key of the App API does not work here.
type Credentials struct {
	SiteID Secret
	APIKey Secret
}

// check reports malformed credentials before any request, without showing them.
func (c Credentials) check() error {
	var errs []error
	for _, one := range []struct {
		name   string
		secret Secret
	}{{"CUSTOMERIO_SITE_ID", c.SiteID}, {"CUSTOMERIO_API_KEY", c.APIKey}} {
		text := one.secret.text()
		switch {
		case text == "":
			errs = append(errs, fmt.Errorf("%s is not set: both Track API credentials are needed, Site ID and API key", one.name))
		case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
			errs = append(errs, fmt.Errorf("%s contains a space, a line break or a control character: copy it again", one.name))
		case strings.ContainsAny(text[:1]+text[len(text)-1:], "\"'`"):
			errs = append(errs, fmt.Errorf("%s begins or ends with a quote: remove the quote", one.name))
		}
	}
	if strings.Contains(c.SiteID.text(), ":") {
		errs = append(errs, errors.New("CUSTOMERIO_SITE_ID contains a colon: use the Site ID alone, without the API key"))
	}
	return errors.Join(errs...)
}
