// Package codec decompresses files: gzip, zstd, lz4, snappy, s2 and brotli, each recognised by its content.
// Text in UTF-16 comes out as UTF-8. For a damaged file it reports what can be used, and continues after the
// damage if the parts of the file have their own checksums.
package codec
