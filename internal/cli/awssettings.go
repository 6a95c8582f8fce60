package cli

import (
	"maps"
	"slices"
	"strings"
)

// awsCredentials are settings that belong together, so that they must come from one place.
var awsCredentials = []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}

// useAWSSettings adds the settings of .env that Amazon's library reads to the environment of this process,
// which is the only place where it looks for them. The environment wins over .env: credentials of .env are not
// used if the environment has credentials or a profile.
func (p *program) useAWSSettings() {
	if p.env.Setenv == nil {
		return
	}
	has := func(name string) bool { return p.env.get(name) != "" }
	others := slices.ContainsFunc(awsCredentials, has) || has("AWS_PROFILE")
	for _, name := range slices.Sorted(maps.Keys(p.dotenv.values)) {
		_, set := p.env.Getenv(name)
		if set || !strings.HasPrefix(name, awsPrefix) || others && slices.Contains(awsCredentials, name) {
			continue
		}
		_ = p.env.Setenv(name, p.dotenv.values[name]) // without it no credentials are found, which is reported
	}
}
