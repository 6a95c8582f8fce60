package mapping

import (
	"iter"
	"strings"

	"ph2cio/internal/spelling"
)

// maxNearLength is the length in bytes of the longest name that is compared with others.
const maxNearLength = 100

// nearest is the search for a name that is probably meant by another one. The zero value has found none.
type nearest struct {
	name     string
	distance int
}

// look looks for a name among others. Of several that are as near it takes the first in the alphabet.
func (n *nearest) look(meant string, among iter.Seq[string]) {
	const most = 2
	if len(meant) > maxNearLength {
		return
	}
	plain := bare(meant)
	for name := range among {
		if len(name) > maxNearLength || len(name) == 0 || name == meant {
			continue
		}
		distance := spelling.Distance(plain, bare(name))
		worse := n.name != "" && (distance > n.distance || distance == n.distance && n.name <= name)
		if distance > min(most, len(plain)/4) || worse {
			continue
		}
		n.name, n.distance = name, distance
	}
}

// bare returns a name in lower case without what people write between words.
func bare(name string) string { return betweenWords.Replace(strings.ToLower(name)) }

var betweenWords = strings.NewReplacer(" ", "", "_", "", "-", "", ".", "", ":", "")
