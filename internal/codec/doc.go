// Package codec decompresses files: gzip, zstd, lz4, snappy, s2 and brotli, each recognised by its content.
// Text in UTF-16 comes out as UTF-8. Of a file that is damaged it says what can be used, and reads on behind
// the damage where the parts of the file have checksums of their own.
package codec
