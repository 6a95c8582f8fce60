package customerio

// EventIDOf returns the id of an encoded event, page or screen, a part of it; nil when it has none. It does not allocate.
func EventIDOf(operation []byte) []byte {
	depth := 0
	for at := 0; at < len(operation); at++ {
		switch operation[at] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := endOfString(operation, at)
			if depth == 1 && string(operation[at:end]) == `"id"` && end+1 < len(operation) && string(operation[end:end+2]) == `:"` {
				return operation[end+2 : max(end+2, endOfString(operation, end+1)-1)]
			}
			at = end - 1
		}
	}
	return nil
}

// endOfString returns what follows the string that begins with the quote at a place.
func endOfString(text []byte, at int) int {
	for at++; at < len(text) && text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return min(at+1, len(text))
}
