package sandbox

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
)

// account knows credentials without keeping them: only their sums, so that nothing can print them.
type account struct {
	open     bool // any credentials that are not empty
	siteID   [sha256.Size]byte
	password [sha256.Size]byte
}

func newAccount(siteID, apiKey string) account {
	return account{
		open:     siteID == "" && apiKey == "",
		siteID:   sha256.Sum256([]byte(siteID)),
		password: sha256.Sum256([]byte(apiKey)),
	}
}

// admits reports whether a request carries the account's Basic credentials.
func (a account) admits(r *http.Request) bool {
	user, password, ok := r.BasicAuth()
	if !ok || user == "" || password == "" {
		return false
	}
	gotUser, gotPassword := sha256.Sum256([]byte(user)), sha256.Sum256([]byte(password))
	same := subtle.ConstantTimeCompare(gotUser[:], a.siteID[:]) & subtle.ConstantTimeCompare(gotPassword[:], a.password[:])
	return a.open || same == 1
}

func (s *Sandbox) unauthorized() reply {
	if s.rules.EmptyUnauthorized {
		return reply{status: http.StatusUnauthorized}
	}
	return failure(http.StatusUnauthorized, "Unauthorized")
}

// region answers the region call: the truth, whichever region's host was asked.
func (s *Sandbox) region(r *http.Request) reply {
	return regionReply(cmp.Or(s.options.AccountURL, baseURL(r)), s.options.Region, s.options.EnvironmentID)
}

func regionReply(url string, region Region, environment int64) reply {
	return reply{status: http.StatusOK, kind: jsonKind, body: encode(struct {
		URL         string `json:"url"`
		Region      Region `json:"region"`
		Environment int64  `json:"environment_id"`
	}{url, region, environment})}
}

// baseURL is where the client found us, so that one who follows the region call stays here.
func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// elsewhere answers a call to the wrong region's host; ok is false on the right one.
func (s *Sandbox) elsewhere(r *http.Request) (_ reply, ok bool) {
	switch {
	case s.options.Host == s.options.Region:
		return reply{}, false
	case s.options.Region == EU:
		a := plainText(s.rules.RedirectStatus, http.StatusText(s.rules.RedirectStatus))
		a.location = cmp.Or(s.options.AccountURL, baseURL(r)) + r.URL.RequestURI()
		return a, true
	}
	return failure(s.rules.WrongRegionStatus, http.StatusText(s.rules.WrongRegionStatus)), true
}
