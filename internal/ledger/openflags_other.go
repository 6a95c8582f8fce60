//go:build !unix

package ledger

const nonblock, nofollow = 0, 0 // which such a system has not; what was opened is compared with what was looked at
