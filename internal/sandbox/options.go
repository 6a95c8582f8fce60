package sandbox

import (
	"cmp"
	"time"

	"ph2cio/internal/sandbox/trackapi"
)

// Region is where an account's data lives.
type Region string

const (
	US Region = "us"
	EU Region = "eu"
)

// Options say what the sandbox plays. The zero value is a workspace in the US that takes any credentials.
type Options struct {
	SiteID string // both empty: any Basic credentials that are not empty
	APIKey string

	Region        Region // the account's; empty is US
	Host          Region // of the host; empty is the account's, another one is wrong (T3, T4)
	AccountURL    string // base URL of the account's region (T1, T3); empty is that of the request
	EnvironmentID int64  // the workspace; 0 is 1

	// Life is a name that no other sandbox has, of letters and digits. The region call tells clients this name and
	// the number of resets, so that they can tell what they have sent before the sandbox forgot everything. The
	// Track API has nothing like it; without a name, the answer is that of the Track API.
	Life string

	// OnReset is called after each reset of a sandbox that tells its life, with the life that has ended. It may be
	// nil.
	OnReset func(life string)

	Clock    func() time.Time // nil is time.Now
	Limits   Limits
	Switches Switches
	Faults   Faults // the first ones; SetFaults changes them

	// Log is called once for each request to the API, with one line. Untrusted text in it is quoted. It may
	// be called from many goroutines at once.
	Log func(line string)
}

// orDefault sets the defaults of options that are not set, and removes the credentials so that nothing can
// print them.
func (o Options) orDefault() Options {
	o.SiteID, o.APIKey = "", ""
	o.Region = cmp.Or(o.Region, US)
	o.Host = cmp.Or(o.Host, o.Region)
	o.EnvironmentID = cmp.Or(o.EnvironmentID, 1)
	return o
}

// Limits and Switches are the rules that the sandbox goes by.
type (
	Limits   = trackapi.Limits
	Switches = trackapi.Switches
)
