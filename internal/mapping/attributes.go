package mapping

import (
	"slices"

	"ph2cio/internal/rawjson"
)

// appendWithout appends an object without some of its members. gone goes with members.
func appendWithout(dst, object []byte, members []rawjson.Member, gone []bool) []byte {
	dst = append(dst, '{')
	first := true
	for i, m := range members {
		if gone[i] {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, object[m.KeyStart-1:m.ValueEnd]...)
	}
	return append(dst, '}')
}

// largestDollar marks the largest members with a $ in front, and the chain of elements, until their bytes
// come to excess. ok is false when they do not.
func largestDollar(object []byte, members []rawjson.Member, excess int) (gone []bool, n int, ok bool) {
	gone = make([]bool, len(members))
	var candidates []int
	for i, m := range members {
		if name := object[m.KeyStart:m.KeyEnd]; len(name) > 0 && name[0] == '$' || string(name) == elementsChain {
			candidates = append(candidates, i)
		}
	}
	slices.SortStableFunc(candidates, func(a, b int) int { return size(members[b]) - size(members[a]) })
	for _, i := range candidates {
		if excess <= 0 {
			break
		}
		gone[i] = true
		n++
		excess -= size(members[i])
	}
	return gone, n, excess <= 0
}

// size is how many bytes an object gets shorter by without a member and its comma.
func size(m rawjson.Member) int { return int(m.ValueEnd-m.KeyStart) + len(`",`) }
