// Package rawjson reads, writes and edits JSON as bytes: values stay as they are written, so that numbers keep every
// digit, and nothing is decoded that nobody asks for.
//
// Two families of functions read. Scan functions check: they take text from outside, guarded and with its special
// characters marked, and find out whether it is valid. Walk functions trust: they take JSON that has been scanned, or
// that this program has written, and find their way in it with fewer looks.
package rawjson
