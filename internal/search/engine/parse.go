package engine

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jobboard/internal/search/text"
)

// Limits of a search text; the rest is ignored.
const (
	maxQueryBytes   = 1000
	maxQueryClauses = 32
)

// minPrefixLetters is the length of the shortest prefix that is searched for.
const minPrefixLetters = 2

// Parse parses a search text as people type it:
//
//	nurse night          both words
//	"project manager"    the words next to each other
//	-intern -"per diem"  without
//	title:nurse company:acme skill:go
//	java OR kotlin       one of them
//	manag*               words that begin so
//
// No text is an error: what is not valid syntax is read as words.
func Parse(a *text.Analyzer, s string) Words { return ParseUnderstood(a, s, nil) }

// ParseUnderstood is Parse for a text of which some parts have been understood: those spans, which are in order and do not
// overlap, become clauses with a condition or are left out.
func ParseUnderstood(a *text.Analyzer, s string, spans []Span) Words {
	s = truncate(s)
	p := parser{analyzer: a, words: Words{Source: s}, spans: spans}
	p.read(s)
	p.finish()
	return p.words
}

// truncate returns the part of a search text that is read.
func truncate(s string) string {
	if len(s) > maxQueryBytes {
		s = s[:maxQueryBytes]
		for len(s) > 0 && !utf8.ValidString(s[max(0, len(s)-utf8.UTFMax):]) {
			s = s[:len(s)-1]
		}
	}
	return s
}

type parser struct {
	analyzer *text.Analyzer
	words    Words
	run      []Clause // plain words since the last operator; synonyms are looked up in them
	stopped  []Clause // stopwords left out, in case there is nothing else
	before   string   // the stopword before the next word
	or       bool     // the next clause follows an OR
	typing   bool     // the last clause is a word that may be incomplete
	spans    []Span   // what of the rest of the text has been understood
}

// piece is a whitespace-separated part of the text, without its operators.
type piece struct {
	body   string
	at     int // offset of body in the source
	not    bool
	quoted bool
	star   bool
	field  Field
	last   bool // nothing follows, not even a space
}

func (p *parser) read(s string) {
	for !p.full() {
		s = strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '(' || r == ')' })
		if s == "" {
			return
		}
		var one piece
		at := len(p.words.Source) - len(s)
		span, start := p.nextSpan(at)
		if start == at {
			p.addSpan(span)
			s = s[span.End-at:]
			continue
		}
		one, s = nextPiece(s[:start-at])
		s = p.words.Source[start-len(s):]
		one.at += at
		p.add(one)
	}
}

// full reports whether there are as many clauses as are read.
func (p *parser) full() bool {
	clauses := len(p.words.Must) + len(p.words.Where) + len(p.words.MustNot) + len(p.run)
	return max(clauses, len(p.stopped)) >= maxQueryClauses
}

var fieldNames = []struct {
	name  string
	field Field
}{
	{"title:", FieldTitle}, {"company:", FieldCompany}, {"skill:", FieldSkills}, {"skills:", FieldSkills},
}

func nextPiece(s string) (one piece, rest string) {
	whole := len(s)
	one.field = FieldAny
	if rest, ok := strings.CutPrefix(s, "-"); ok && rest != "" && !startsBlank(rest) {
		one.not, s = true, rest
	}
	for _, f := range fieldNames {
		if len(s) > len(f.name) && strings.EqualFold(s[:len(f.name)], f.name) && !startsBlank(s[len(f.name):]) {
			one.field, s = f.field, s[len(f.name):]
			break
		}
	}
	one.at = whole - len(s)
	if s[0] == '"' {
		one.at++
		if end := strings.IndexByte(s[1:], '"'); end >= 0 {
			one.body, one.quoted = s[1:1+end], true
			return one, s[end+2:]
		}
		// an unclosed quotation mark: a phrase is being typed
		one.body, one.quoted = s[1:], true
		return one, ""
	}
	end := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '"' || r == '(' || r == ')' })
	if end < 0 {
		end = len(s)
		one.last = true
	}
	one.body = s[:end]
	if word, ok := strings.CutSuffix(one.body, "*"); ok {
		one.body, one.star = word, true
	}
	return one, s[end:]
}

func startsBlank(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r)
}

func (p *parser) add(one piece) {
	if !one.quoted && !one.not && one.field == FieldAny && (one.body == "OR" || one.body == "|") {
		p.flush()
		p.or = len(p.words.Must) > 0
		return
	}
	groups := tokenGroups(one.body, text.QueryTokens(one.body), one.quoted)
	for i, tokens := range groups {
		if p.full() {
			return
		}
		last := i == len(groups)-1
		clause := Clause{Any: []Alternative{p.alternative(tokens, one, last)},
			Text: one.body[tokens[0].Start:tokens[0].End], At: one.at + tokens[0].Start}
		clause.Typed = one.body[tokens[0].Start:tokens[len(tokens)-1].End]
		p.addClause(one, clause, last)
	}
}

// tokenGroups groups the tokens of a piece that belong together: all of a quotation, and the parts of a word joined by a
// hyphen or the like ("full-stack", "e.on"), whereas "sales/marketing" is two words.
func tokenGroups(body string, tokens []text.Token, quoted bool) [][]text.Token {
	var groups [][]text.Token
	for i, t := range tokens {
		joined := i > 0 && (quoted || strings.Trim(body[min(tokens[i-1].End, t.Start):t.Start], "-._&'\u2019") == "")
		if !joined {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], t)
	}
	return groups
}

func (p *parser) alternative(tokens []text.Token, one piece, last bool) Alternative {
	alt := Alternative{Phrase: len(tokens) > 1, Field: one.field}
	for _, t := range tokens {
		alt.Words = append(alt.Words, Word{Term: t.Term, Stem: p.analyzer.Stem(t.Term)})
	}
	end := &alt.Words[len(alt.Words)-1]
	single := len(alt.Words) == 1
	if one.star && last && single && utf8.RuneCountInString(end.Term) >= minPrefixLetters {
		end.Prefix = true
	}
	if single && !one.quoted && text.Unspaced(end.Term) && utf8.RuneCountInString(end.Term) == 1 {
		end.Prefix = true // one character of a script without spaces: documents hold it within character bigrams
	}
	return alt
}

func (p *parser) addClause(one piece, clause Clause, last bool) {
	word := clause.Any[0].Words[0]
	plain := !one.quoted && one.field == FieldAny && !word.Prefix
	single := len(clause.Any[0].Words) == 1
	if !plain || !single || one.not {
		clause.Text = ""
	}
	before := p.before
	p.before = ""
	switch {
	case one.not:
		p.flush()
		p.or = false
		p.words.MustNot = append(p.words.MustNot, clause)
	case plain && single && !p.or && p.isStopword(clause.Text, word.Term):
		p.stopped = append(p.stopped, clause)
		p.before = word.Term
	case plain:
		clause.before = before
		p.run = append(p.run, clause)
		p.typing = one.last && last && single && utf8.RuneCountInString(word.Term) >= minPrefixLetters
		if p.or {
			p.flush()
		}
		return
	default:
		p.flush()
		p.push(clause)
	}
	p.typing = false
}

// isStopword reports whether a word is left out. "IT" in capitals is the industry, not the pronoun: the synonyms list it.
func (p *parser) isStopword(typed, term string) bool {
	if !p.analyzer.IsStopword(term) {
		return false
	}
	return typed == "AND" || typed != strings.ToUpper(typed) || len(p.analyzer.Synonyms([]string{term})) == 0
}

// push adds a clause, or after an OR joins it to the previous one.
func (p *parser) push(c Clause) {
	if p.or {
		before := &p.words.Must[len(p.words.Must)-1]
		before.Any = append(before.Any, c.Any...)
		before.Typed += " OR " + c.Typed
		before.Text = ""
		p.or = false
		return
	}
	p.words.Must = append(p.words.Must, c)
}

// flush turns the pending words into clauses. Each word stands for itself, for its synonyms and for those of every expression that
// it is part of: what holds the synonym of an expression holds all its words.
func (p *parser) flush() {
	for n := min(text.MaxSynonymWords, len(p.run)); n > 0; n-- {
		for i := range len(p.run) - n + 1 {
			p.addSpellings(p.run[i : i+n])
			terms := termsOf(p.run[i : i+n])
			for _, other := range p.analyzer.Synonyms(terms) {
				addToAll(p.run[i:i+n], p.synonym(other))
			}
			if p.run[i].before != "" {
				p.addWithStopword(p.run[i:i+n], slices.Insert(terms, 0, p.run[i].before))
			}
			if n == 2 && p.analyzer.Knows(terms[0]+terms[1]) {
				p.asOne(p.run[i:i+n], terms)
			}
		}
	}
	for _, clause := range p.run {
		p.push(clause)
	}
	p.run = p.run[:0]
}

// addWithStopword adds the alternatives of an expression that begins with a stopword, such as "it support". Without it the words are
// mere mentions.
func (p *parser) addWithStopword(clauses []Clause, terms []string) {
	synonyms := p.analyzer.Synonyms(terms)
	if len(synonyms) == 0 {
		return
	}
	p.asOne(clauses, terms)
	for _, other := range synonyms {
		addToAll(clauses, p.synonym(other))
	}
}

// asOne makes words mean most when they follow each other: "help desk".
func (p *parser) asOne(clauses []Clause, terms []string) {
	for i := range clauses {
		clauses[i].Any[0].Mention = true
	}
	addToAll(clauses, p.inField(terms, FieldAny))
}

// addSpellings adds the other ways in which a few words may be written together or apart.
func (p *parser) addSpellings(clauses []Clause) {
	for _, terms := range text.Spellings(termsOf(clauses)) {
		addToAll(clauses, p.synonym(text.Synonym{Terms: terms}))
	}
}

// addToAll adds an alternative to clauses that do not have it yet.
func addToAll(clauses []Clause, alt Alternative) {
	for i := range clauses {
		known := func(other Alternative) bool {
			return (other.Field == alt.Field || other.Field == FieldAny) && slices.Equal(other.Words, alt.Words)
		}
		if !slices.ContainsFunc(clauses[i].Any, known) {
			clauses[i].Any = append(clauses[i].Any, alt)
		}
	}
}

// synonym returns the alternative of words that mean the typed ones.
func (p *parser) synonym(other text.Synonym) Alternative {
	alt := p.inField(other.Terms, FieldAny)
	alt.Synonym = true
	if other.InTitle {
		alt.Field = FieldTitle
	}
	return alt
}

func termsOf(clauses []Clause) []string {
	var terms []string
	for _, c := range clauses {
		for _, word := range c.Any[0].Words {
			terms = append(terms, word.Term)
		}
	}
	return terms
}

func (p *parser) finish() {
	wordAtEnd := p.typing
	p.flush()
	if p.words.Empty() {
		p.words.Must = p.stopped
	}
	if n := len(p.words.Must); n > 0 && wordAtEnd {
		p.words.Typing = p.words.Must[n-1].Text != ""
	}
}
