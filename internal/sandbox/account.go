package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
)

// account holds the hashes of the credentials, so that nothing can print the credentials.
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
