package mappingfile

import (
	"strings"

	"github.com/goccy/go-yaml/token"
)

// The bounds of what the YAML parser gets to see: it is recursive, and takes quadratic time for the keys of
// one mapping.
const (
	maxDepth  = 50
	maxColumn = 200 // of what begins a line or an element
	maxKeys   = 1000
	maxTokens = 400_000
)

// checkTokens reports whether the parser can be trusted with the tokens.
func checkTokens(p *problems, s source, tokens token.Tokens) bool {
	if len(tokens) > maxTokens {
		p.errorf(Position{1, 1}, "the file has more than %d parts", maxTokens)
		return false
	}
	line, anchors := 0, 0
	var open []int // the numbers of brackets that are not closed yet
	closed := 0    // that of the bracket that was closed last
	var levels levels
	for i, tk := range tokens {
		at := positionOf(tk)
		if len(open) > 0 && !checkSeparated(p, s, tokens, i, closed) {
			return false
		}
		first := at.Line != line
		line = at.Line
		switch tk.Type {
		case token.MappingStartType, token.SequenceStartType:
			open = append(open, i)
		case token.MappingEndType, token.SequenceEndType:
			last := len(open) - 1
			if last < 0 || (tokens[open[last]].Type == token.MappingStartType) != (tk.Type == token.MappingEndType) {
				p.errorf(at, "the %s closes nothing", tk.Value).hinted("a text with { } [ ] must be in quotes")
				return false
			}
			closed, open = open[last], open[:last]
		case token.StringType:
			// The parser is less strict than YAML: it reads [a, b} as a list with b}.
			if len(open) > 0 && strings.ContainsAny(tk.Value, "{}[]") {
				p.errorf(at, "a text with { } [ ] must be in quotes here")
				return false
			}
		case token.AnchorType:
			anchors++
		case token.TagType, token.DirectiveType:
			refuse(p, tk, at)
			return false
		}
		depth := len(open)
		entry := tk.Type == token.SequenceEntryType || tk.Type == token.MappingKeyType
		key := depth == 0 && first && !entry && tk.Type != token.CommentType
		if entry {
			levels.leave(at.Column)
		}
		switch {
		case depth > maxDepth, depth == 0 && at.Column > maxColumn && (first || entry):
			p.errorf(at, "lists and mappings are nested too deep")
			return false
		case anchors > maxKeys:
			p.errorf(at, "the file has more than %d anchors (&)", maxKeys)
			return false
		case key && levels.add(at.Column) > maxKeys:
			p.errorf(at, "a mapping has more than %d keys", maxKeys)
			return false
		}
	}
	return true
}

// refuse reports a tag or a directive.
func refuse(p *problems, tk *token.Token, at Position) {
	if tk.Type == token.DirectiveType {
		p.errorf(at, "a mapping file has no directives such as %%YAML").hinted("a text that begins with %% must be in quotes")
		return
	}
	p.errorf(at, "%.60s is a tag in YAML, which a mapping file does not use", tk.Value).
		hinted("write not in place of !, or put the whole text in quotes")
}

// checkSeparated reports whether a token in brackets may follow the one before it. It may not if both are parts
// of one text, which then should have been in quotes. closed is the number of the bracket that was closed last.
func checkSeparated(p *problems, s source, tokens token.Tokens, i, closed int) bool {
	opens := tokens[i].Type == token.MappingStartType || tokens[i].Type == token.SequenceStartType
	if i == 0 || !opens && !partOfText(tokens[i].Type) {
		return true
	}
	begins := i - 1
	switch before := tokens[begins]; {
	case positionOf(before).Line != positionOf(tokens[i]).Line:
		return true
	case before.Type == token.MappingEndType, before.Type == token.SequenceEndType:
		begins = closed
	case !partOfText(before.Type), begins > 0 && tokens[begins-1].Type == token.AnchorType, begins > 0 && tokens[begins-1].Type == token.AliasType:
		return true
	}
	if begins > 0 && tokens[begins-1].Type == token.MappingStartType && tokens[i].Type == token.SequenceStartType {
		begins-- // as in {properties["plan"]}
	}
	key := ""
	if begins >= 2 && tokens[begins-1].Type == token.MappingValueType {
		key = tokens[begins-2].Value
	}
	at := positionOf(tokens[begins])
	what, repair := repaired(key, s.from(at), true)
	p.errorf(at, "%s", what).Hint = repair
	return false
}

// partOfText reports whether tokens of a type can be a part of a text that is not in quotes as a whole.
func partOfText(t token.Type) bool {
	switch t {
	case token.StringType, token.SingleQuoteType, token.DoubleQuoteType, token.IntegerType, token.FloatType, token.BoolType, token.NullType:
		return true
	}
	return false
}

// levels counts the lines that begin in each column, since one began further to the left.
type levels []level

type level struct{ column, lines int }

// leave forgets the columns to the right of one.
func (l *levels) leave(column int) {
	for len(*l) > 0 && (*l)[len(*l)-1].column > column {
		*l = (*l)[:len(*l)-1]
	}
}

// add counts a line, and returns how many there are in its column.
func (l *levels) add(column int) int {
	l.leave(column)
	if last := len(*l) - 1; last >= 0 && (*l)[last].column == column {
		(*l)[last].lines++
		return (*l)[last].lines
	}
	*l = append(*l, level{column, 1})
	return 1
}
