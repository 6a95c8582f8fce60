package rulebook

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	illegalAsWritten = quotedToo("[object Object]", "NaN", "None", "none", "null", "0", "undefined")
	illegalInAnyCase = quotedToo("anonymous", "guest", "distinctid", "distinct_id", "id", "not_authenticated", "email",
		"undefined", "true", "false")
)

func quotedToo(bare ...string) map[string]bool {
	all := map[string]bool{}
	for _, id := range bare {
		all[id], all["'"+id+"'"], all[`"`+id+`"`] = true, true, true
	}
	return all
}

// Illegal reports whether an ID is a placeholder, with which PostHog joins nobody.
func Illegal(id string) bool {
	return strings.TrimFunc(id, white) == "" || id == "$posthog_cookieless" ||
		illegalAsWritten[id] || illegalInAnyCase[lowerASCII(id)]
}

func white(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }

// lowerASCII leaves other letters alone: some of them have an ASCII letter as their small form.
func lowerASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return unicode.ToLower(r)
		}
		return r
	}, text)
}

var (
	uuidShape = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	hexShape  = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)
	// oldShape: time with a counter, a random fraction with its leading 0, browser, screen, time once more.
	oldShape = regexp.MustCompile(`^1[0-9a-fA-F]{11,15}-0[0-9a-fA-F]{1,19}-[0-9a-fA-F]{1,10}-[0-9a-fA-F]{1,8}-1[0-9a-fA-F]{11,15}$`)
)

// machineShaped reports whether an ID looks like one that a PostHog library made up.
func machineShaped(id string) bool {
	return uuidShape.MatchString(id) || hexShape.MatchString(id) || oldShape.MatchString(id) ||
		strings.HasPrefix(id, "cookieless_") || sharedByVisitors(id)
}

// sharedByVisitors reports whether all visitors without cookies behind one address have an ID. Such an ID
// never joins another one.
func sharedByVisitors(id string) bool { return strings.HasPrefix(id, "cookielessd_") }

// joins reports whether an ID may join others.
func joins(id string) bool { return !Illegal(id) && !sharedByVisitors(id) }

// emailShaped reports whether an ID, without space around it, could be an email address.
func emailShaped(id string) bool {
	id = strings.TrimSpace(id)
	name, domain, _ := strings.Cut(id, "@")
	dot := strings.LastIndex(domain, ".")
	return len(id) <= 254 && 1 <= len(name) && len(name) <= 64 &&
		!strings.Contains(domain, "@") && !strings.ContainsFunc(id, notInEmail) &&
		dot > 0 && dot < len(domain)-1 && domain[0] != '.' && !strings.Contains(domain, "..")
}

func notInEmail(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError || strings.ContainsRune(`<>()[],;:\"`, r)
}
