package redact

import (
	"bytes"
	"unicode"
)

// parameters is the state of a search through the queries and fragments of a text, in order.
type parameters struct {
	text   []byte
	depth  int  // how many times the text was encoded in other URLs
	prose  bool // white space ends a parameter
	word   int  // the end of the word that was examined last
	answer oauthAnswer
}

func (s *Secrets) redactParameters(dst, text []byte, depth int) ([]byte, bool) {
	i := QueryStart(text)
	if i < 0 {
		return dst, false
	}
	p := parameters{text: text, depth: depth, prose: isProse(text), word: len(text)}
	if p.prose {
		p.word = 0
	}
	copied := 0
	for i++; i < len(text); i++ {
		from, to := s.inParameter(&p, i)
		if from < to {
			dst = append(append(dst, text[copied:from]...), Replacement...)
			copied = to
		}
		i = parameterEnd(text, to)
	}
	if copied == 0 {
		return dst, false
	}
	return append(dst, text[copied:]...), true
}

// inParameter returns the part to redact of the parameter that starts at i: its value, or all of it if its
// name is also encoded. If there is nothing to redact, from and to are equal.
func (s *Secrets) inParameter(p *parameters, i int) (from, to int) {
	end := parameterEnd(p.text, i)
	equals := bytes.IndexByte(p.text[i:end], '=')
	if equals < 0 {
		if end = p.firstWord(i, end); s.within("?", p.text[i:end], p.depth) {
			return i, end
		}
		return end, end
	}
	value := i + equals + 1
	name := p.text[i : value-1]
	if p.prose && value > p.word {
		p.word = wordEnd(p.text, value, len(p.text))
	}
	var room [64]byte
	if plain := plainName(room[:0], name); s.named(plain) || p.answer.has(s, p, i, plain) {
		return s.ofSecret(p, i, value)
	}
	end = min(end, p.word)
	if whole := p.firstWord(i, end); hasEncoded(name) && s.within("?", p.text[i:whole], p.depth) {
		return i, whole
	}
	if s.within("", p.text[value:end], p.depth) {
		return value, end
	}
	return end, end
}

// ofSecret returns the part to redact of a parameter that is a secret. Its name may contain another secret:
// https%3A%2F%2Fu%3Ap%40b%2F%3Ftoken=x.
func (s *Secrets) ofSecret(p *parameters, i, value int) (from, to int) {
	end := p.secretEnd(value)
	p.answer.reach(p, i, end)
	if s.within("?", p.text[i:value-1], p.depth) {
		return i, end
	}
	if hidable(p.text[value:end]) {
		return value, end
	}
	return end, end
}

// secretEnd returns the end of a secret that starts at value.
func (p *parameters) secretEnd(value int) int {
	if !p.prose {
		return secretEnd(p.text, value)
	}
	end := bytes.IndexFunc(p.text[value:], func(r rune) bool { return r == '&' || r == '#' || unicode.IsSpace(r) })
	if end < 0 {
		return len(p.text)
	}
	return value + end
}

// firstWord returns where the first word of a parameter ends.
func (p *parameters) firstWord(i, end int) int {
	if p.prose {
		return wordEnd(p.text, i, end)
	}
	return end
}
