//go:build !unix

package regularfile

// NonBlock and NoFollow are flags that only Unix has: elsewhere OpenNoFollow compares what it opened with
// what was there before.
const NonBlock, NoFollow = 0, 0
