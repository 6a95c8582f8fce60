// Package rawjson reads and writes JSON as bytes, without values in between.
package rawjson
