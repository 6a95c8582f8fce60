package source

import (
	"path/filepath"
	"regexp"
	"strings"
)

// IsURL reports whether a name is a URL, such as s3://bucket/key, and not the path of a file.
func IsURL(name string) bool {
	scheme, _, found := strings.Cut(name, "://")
	return found && scheme != "" && !strings.ContainsFunc(scheme, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("+-.", r))
	})
}

// Dir returns the name of what a source is in: the directory of a file, or the URL of an object without its
// last part. The URL of a bucket is in nothing, and Dir returns it as it is.
func Dir(name string) string {
	if !IsURL(name) {
		return filepath.Dir(name)
	}
	if last := strings.LastIndexByte(name, '/'); last >= afterScheme(name) {
		return name[:last]
	}
	return name
}

// Base returns the last part of the name of a source.
func Base(name string) string {
	if !IsURL(name) {
		return filepath.Base(name)
	}
	return name[strings.LastIndexByte(name, '/')+1:]
}

// Sibling returns the name of a source of this base in what another one is in.
func Sibling(name, base string) string {
	if !IsURL(name) {
		return filepath.Join(filepath.Dir(name), base)
	}
	return Dir(name) + "/" + base
}

// withoutUser returns a URL without the user name and the password before its bucket, and whether it has any.
func withoutUser(url string) (without string, has bool) {
	begins := afterScheme(url)
	bucket, _, _ := strings.Cut(url[begins:], "/")
	user := strings.LastIndexByte(bucket, '@')
	if user < 0 {
		return url, false
	}
	return url[:begins] + "...@" + url[begins+user+1:], true
}

// signature matches what gives access to an object in a URL: Azure's SAS token, or Amazon's presigned URL.
var signature = regexp.MustCompile(`(?i)[?&](?:sig|signature|x-amz-signature|x-goog-signature)=`)

// withoutSignature returns a URL without its query if that has a signature, and whether it has one.
func withoutSignature(url string) (without string, has bool) {
	if !IsURL(url) || !signature.MatchString(url) {
		return url, false
	}
	before, _, _ := strings.Cut(url, "?")
	return before + "?...", true
}

// afterScheme returns where in a URL the name of a bucket begins.
func afterScheme(url string) int { return strings.Index(url, "://") + len("://") }

// compareURLs orders URLs as directories are read: all that is in a directory comes before a name that only
// begins with the directory's.
func compareURLs(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := a[i], b[i]; x != y {
			switch {
			case x == '/':
				return -1
			case y == '/':
				return 1
			}
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}
