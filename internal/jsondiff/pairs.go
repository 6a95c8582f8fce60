package jsondiff

// Pair says which values of two lists belong together: their indexes, -1 for none.
type Pair struct{ Want, Got int }

// mostCompared bounds the time for finding pairs; longer lists are compared in their order.
const mostCompared = 250_000

// Pairs says which of want and got values belong together, in an order that keeps that of both lists. same
// reports whether two values are equal, of which as many pairs are made as possible. Between these, two that
// are alike become pairs.
func Pairs(want, got int, same, alike func(want, got int) bool) (pairs []Pair) {
	begin := 0
	for begin < min(want, got) && same(begin, begin) {
		begin++
	}
	end := 0
	for end < min(want, got)-begin && same(want-1-end, got-1-end) {
		end++
	}
	for i := range begin {
		pairs = append(pairs, Pair{i, i})
	}
	i, j := begin, begin
	for _, p := range equalPairs(begin, want-end, got-end, same) {
		pairs = appendGap(pairs, i, p.Want, j, p.Got, alike)
		pairs = append(pairs, p)
		i, j = p.Want+1, p.Got+1
	}
	pairs = appendGap(pairs, i, want-end, j, got-end, alike)
	for k := end; k > 0; k-- {
		pairs = append(pairs, Pair{want - k, got - k})
	}
	return pairs
}

// equalPairs returns the longest series of equal values among those from begin up to the ends, in the order
// of both lists.
func equalPairs(begin, wantEnd, gotEnd int, same func(want, got int) bool) (pairs []Pair) {
	n, m := wantEnd-begin, gotEnd-begin
	if n*m > mostCompared {
		return nil
	}
	longest := make([][]int, n+1) // from i and j on
	for i := range longest {
		longest[i] = make([]int, m+1)
	}
	equal := make([]bool, n*m)
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if equal[i*m+j] = same(begin+i, begin+j); equal[i*m+j] {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case equal[i*m+j]:
			pairs = append(pairs, Pair{begin + i, begin + j})
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// appendGap pairs the values between two equal ones: each of want with the next of got that is like it.
func appendGap(pairs []Pair, i, wantEnd, j, gotEnd int, alike func(want, got int) bool) []Pair {
	for ; i < wantEnd; i++ {
		at := j
		for at < gotEnd && !alike(i, at) {
			at++
		}
		if at == gotEnd {
			pairs = append(pairs, Pair{i, -1})
			continue
		}
		for ; j < at; j++ {
			pairs = append(pairs, Pair{-1, j})
		}
		pairs = append(pairs, Pair{i, at})
		j = at + 1
	}
	for ; j < gotEnd; j++ {
		pairs = append(pairs, Pair{-1, j})
	}
	return pairs
}
