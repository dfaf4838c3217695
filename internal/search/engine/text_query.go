package engine

// Words is a parsed search text: clauses that must all hold, and clauses that must not.
type Words struct {
	Must    []Clause
	Where   []Clause // must hold too, but do not count for the score: "in Berlin" is a filter, in words
	MustNot []Clause
	// Typing is set when the text ends within a word. It is the last clause of Must, and is read as a prefix if no document
	// holds it as it is.
	Typing bool
	Source string // the text that was parsed
}

// Clause holds for a document when one of its alternatives or its condition does.
type Clause struct {
	Any       []Alternative
	Condition *Condition // nil: none
	Typed     string     // the part of Source that it stands for
	// Text is the word typed for this clause, or "" when it is not one plain word. It is at byte At of Source, where a
	// spelling correction replaces it.
	Text string
	At   int

	before string // the stopword before it, while it is parsed
}

// Alternative holds when a field has its word or, next to each other, the words of a phrase.
type Alternative struct {
	Words  []Word // one, or the words of a phrase
	Phrase bool
	Field  Field // FieldAny: all fields
	// Synonym is set when other words were typed: it ranks as another term of the stem does, below the words as typed.
	Synonym bool
	// Mention is set when it ranks as a mention in the body does, wherever it is.
	Mention bool
	// Only, unless nil, restricts the alternative to documents with this value. It ranks as a mention in the body does.
	Only *Value
}

// Condition is what words of a query mean besides themselves. It holds for documents that have one of the values and are within
// the range and the radius.
type Condition struct {
	Any   []Value // nil: any document
	Range *Range
	Near  *Near
}

// Word is one word of a query.
type Word struct {
	Term   string // as folded by the analyzer
	Stem   string
	Prefix bool // stands for all words that begin with Term
}

// Empty reports whether the query has no clauses, so that every document matches.
func (w *Words) Empty() bool { return len(w.Must)+len(w.Where)+len(w.MustNot) == 0 }

// stemsInOrder returns the stems of the query's words as typed, or nil when there are fewer than two.
func (w *Words) stemsInOrder() []string {
	var stems []string
	for _, clause := range w.Must {
		for _, word := range clause.Any[0].Words {
			stems = append(stems, word.Stem)
		}
	}
	if len(stems) < 2 {
		return nil
	}
	return stems
}
