// Package rawjson reads, writes and edits JSON as bytes. Values stay unchanged, so that numbers keep every
// digit, and only what is needed is decoded.
//
// There are two families of reading functions. Scan functions validate: they take text from outside, with a
// guard after it and its special characters marked, and check whether it is valid. Walk functions trust: they
// take JSON that has been scanned, or that this program has written, and are faster.
package rawjson
