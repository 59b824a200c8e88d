package emit

import "slices"

// spaced appends the tokens of a line with the spaces that gofmt puts between
// them. The last one may open a block. It reports false where it is not certain.
func spaced(out []byte, tokens []lexeme, block bool) ([]byte, bool) {
	for i, t := range tokens {
		if i > 0 {
			space, ok := between(tokens, i, block && i == len(tokens)-1)
			if !ok {
				return out, false
			}
			if space {
				out = append(out, ' ')
			}
		}
		out = append(out, t.text...)
	}
	return out, true
}

// between reports whether there is a space in front of the token at i, which may
// open a block.
func between(tokens []lexeme, i int, block bool) (space, ok bool) {
	a, b := tokens[i-1], tokens[i]
	switch {
	case b.is("."):
		return false, a.kind == word || a.is(")") || a.is("]")
	case b.is(";"):
		return false, !a.is(",") && !a.is(";") && a.kind != keyword // we leave nothing out
	case b.is(","), b.is(")"), b.is("]"), b.is("}"), b.is(":"), b.is("--"):
		return false, !a.is(",")
	case isBinary(tokens, i-1), isBinary(tokens, i), a.is(","), a.is(";"):
		return true, true
	case a.is(":"): // behind a key
		return true, i == 2 || i > 2 && (tokens[i-3].is("{") || tokens[i-3].is(","))
	case a.is("(") && b.is("("): // around one expression gofmt leaves one of two
		return false, i > 1 && (tokens[i-2].kind == word || tokens[i-2].is("]") || tokens[i-2].is(")"))
	case a.is("("), a.is("["), a.is("{"), a.is("."), a.is("!"), a.is("&"), a.is("*"), a.is("..."):
		return false, true
	case b.is("("):
		return beforeParenthesis(tokens, i)
	case b.is("["):
		return beforeBracket(tokens, i)
	case b.is("{"):
		literal := a.kind == word || a.is("]") || a.is("struct") && follows(tokens, i, "}")
		return block, block || literal && !has(tokens, "func")
	case b.is("*"): // of a pointer
		return !a.is("]"), a.kind == keyword || a.is("]") || declares(tokens[:i]) && (a.kind == word || a.is(")"))
	case b.is("..."):
		return !follows(tokens, i, ")"), a.kind == word
	case b.is("&"), b.is("!"):
		return true, a.kind == keyword
	case a.is("]"):
		return false, b.kind == word || b.is("map")
	case a.is(")"):
		return true, b.kind == word || b.is("map")
	}
	return true, isWord(a) && isWord(b)
}

// beforeParenthesis is between for the parameters of a signature, the arguments
// of a call, and an expression in parentheses.
func beforeParenthesis(tokens []lexeme, i int) (space, ok bool) {
	switch a := tokens[i-1]; {
	case a.is("func"):
		return i == 1 && isReceiver(tokens[2:]), true
	case a.is(")"):
		return true, has(tokens, "func") && isList(tokens[i+1:]) // results
	case declares(tokens[:i]): // else a type in parentheses, which keeps its space
		return false, a.kind == word && (tokens[i-2].is("func") || tokens[i-2].is(")"))
	default:
		return false, a.kind == word || a.is("]")
	}
}

// declares reports whether a type may come next: in a signature, or behind the
// name of a variable, but not in brackets, where it may be an expression.
func declares(before []lexeme) bool {
	if unclosed(before, "[", "]") > 0 {
		return false
	}
	for _, t := range slices.Backward(before) {
		switch {
		case t.is("="):
			return false
		case t.is("func"), t.is("var"):
			return true
		}
	}
	return false
}

// isReceiver reports whether a name and its parameters come behind the parenthesis
// that closes, as they do in a method.
func isReceiver(tokens []lexeme) bool {
	end := slices.IndexFunc(tokens, func(t lexeme) bool { return t.is(")") })
	return end >= 0 && end+2 < len(tokens) && tokens[end+1].kind == word && tokens[end+2].is("(")
}

// isList reports whether a comma comes before the parenthesis that closes: gofmt
// takes a single result out of its own.
func isList(tokens []lexeme) bool {
	depth := 0
	for _, t := range tokens {
		switch {
		case t.is(",") && depth == 0:
			return true
		case t.is("("), t.is("["), t.is("{"):
			depth++
		case t.is(")") && depth == 0:
			return false
		case t.closes(), t.is("]"):
			depth--
		}
	}
	return false
}

// beforeBracket is between for an index, a type argument, and a type that
// follows a name.
func beforeBracket(tokens []lexeme, i int) (space, ok bool) {
	a := tokens[i-1]
	typ := follows(tokens, i, "]")
	if i+3 < len(tokens) && tokens[i+1].kind == number && tokens[i+2].is("]") {
		last := tokens[i+3]
		inSignature := declares(tokens[:i])
		typ = (inSignature || i == 1 && !has(tokens, "=")) && (isWord(last) || last.is("[")) || inSignature && last.is("*")
	}
	switch {
	case a.is("map"), a.is("]"):
		return false, true
	case a.is(")"):
		return true, typ
	case a.kind == keyword:
		return true, true
	}
	return typ, a.kind == word && (typ || !mayBeLength(tokens, i))
}

// mayBeLength reports whether the bracket at i may open the length of an array:
// then a type follows the one that closes it.
func mayBeLength(tokens []lexeme, i int) bool {
	depth := 0
	for ; i < len(tokens); i++ {
		switch {
		case tokens[i].is("["):
			depth++
		case tokens[i].is("]"):
			depth--
		}
		if depth == 0 {
			return i+1 < len(tokens) && (isWord(tokens[i+1]) || tokens[i+1].is("[") || tokens[i+1].is("*"))
		}
	}
	return false
}

func follows(tokens []lexeme, i int, text string) bool {
	return i+1 < len(tokens) && tokens[i+1].is(text)
}

func has(tokens []lexeme, text string) bool {
	return slices.ContainsFunc(tokens, func(t lexeme) bool { return t.is(text) })
}

// isWord reports whether a token would run into another of its kind.
func isWord(t lexeme) bool { return t.kind != operator }

// isBinary reports whether a token stands between two operands. Only durations
// are multiplied.
func isBinary(tokens []lexeme, i int) bool {
	switch t := tokens[i]; {
	case t.is("="), t.is(":="), t.is("=="), t.is("!="):
		return true
	case t.is("*"):
		return i > 0 && tokens[i-1].kind == number && endsWithUnit(tokens[i+1:]) && (i == 1 || tokens[i-2].is(":") ||
			i > 2 && tokens[i-3].is("new") && (i == 3 || tokens[i-4].is(":")))
	}
	return false
}

// endsWithUnit reports whether a product ends with a unit as time.Second.
func endsWithUnit(t []lexeme) bool {
	return len(t) >= 3 && t[0].kind == word && t[1].is(".") && t[2].kind == word &&
		(len(t) == 3 || t[3].is(")") || t[3].is(","))
}
