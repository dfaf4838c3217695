package engine

import (
	"strings"

	"jobboard/internal/search/text"
)

// Span is a part of a search text that has been understood, such as "in Berlin".
type Span struct {
	Start, End int // in bytes; the part begins and ends with a word
	// Condition is what the words mean. Documents that hold the words themselves in Field, next to each other, match too. nil: the
	// words only join others ("in", "jobs"), and are left out.
	Condition *Condition
	Field     Field
	Ranked    bool // the words count for the score ("senior"); otherwise they only filter ("Berlin")
	// Titles also match, in titles: the terms of "work from home" for "remote".
	Titles [][]string
	// Texts also match, in any field of documents that have the value Only: of a job without a place, the text may name it.
	Texts []string
	Only  Value
}

// IsPlain reports whether a search text is nothing but words: it has no quotation marks and no operators.
func IsPlain(s string) bool {
	s = truncate(s)
	for _, word := range strings.Fields(s) {
		if one, _ := nextPiece(word); one.not || one.quoted || one.star || one.field != FieldAny || one.body == "OR" || one.body == "|" {
			return false
		}
	}
	return !strings.ContainsAny(s, `"()`)
}

// nextSpan returns the first span from an offset on, and its start or, when there is none, the end of the text.
func (p *parser) nextSpan(at int) (Span, int) {
	for len(p.spans) > 0 && (p.spans[0].Start < at || p.spans[0].End <= p.spans[0].Start) {
		p.spans = p.spans[1:]
	}
	if len(p.spans) == 0 || p.spans[0].End > len(p.words.Source) {
		return Span{}, len(p.words.Source)
	}
	return p.spans[0], p.spans[0].Start
}

// addSpan adds the clause of a span.
func (p *parser) addSpan(span Span) {
	p.flush()
	p.typing = false
	typed := p.words.Source[span.Start:span.End]
	terms := queryTerms(typed)
	if span.Condition == nil || len(terms) == 0 {
		return
	}
	clause := Clause{Condition: span.Condition, Typed: typed, Any: []Alternative{p.inField(terms, span.Field)}}
	for _, other := range span.Titles {
		clause.Any = append(clause.Any, p.inField(other, FieldTitle))
	}
	for _, other := range span.Texts {
		if terms := queryTerms(other); len(terms) > 0 {
			alt := p.inField(terms, FieldAny)
			alt.Only = &span.Only
			clause.Any = append(clause.Any, alt)
		}
	}
	if !span.Ranked {
		p.words.Where = append(p.words.Where, clause)
		return
	}
	for _, other := range p.analyzer.Synonyms(terms) {
		alt := p.synonym(other)
		alt.Field = min(alt.Field, span.Field)
		clause.Any = append(clause.Any, alt)
	}
	p.push(clause)
}

func queryTerms(s string) []string {
	var terms []string
	for _, t := range text.QueryTokens(s) {
		terms = append(terms, t.Term)
	}
	return terms
}

// inField returns the alternative of words next to each other in a field.
func (p *parser) inField(terms []string, f Field) Alternative {
	alt := Alternative{Phrase: len(terms) > 1, Field: f}
	for _, term := range terms {
		alt.Words = append(alt.Words, Word{Term: term, Stem: p.analyzer.Stem(term)})
	}
	return alt
}
