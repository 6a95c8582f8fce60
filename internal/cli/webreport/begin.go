package webreport

import "bytes"

// beginning is how every page begins, so that a page is told from a file of somebody else's. The template
// goes on from there; it would leave the comment out.
const beginning = "<!doctype html>\n<!-- made by ph2cio -->\n"

// IsPage reports whether a file that begins like head is a page that Write has written.
func IsPage(head []byte) bool { return bytes.HasPrefix(head, []byte(beginning)) }
