package engine

// Words is a parsed search text: clauses that must all hold, and clauses that must not.
type Words struct {
	Must    []Clause
	MustNot []Clause
	// Typing is set when the text ends within a word, which is then also read as the beginning of one if
	// nothing holds it as it stands. It is the last clause of Must.
	Typing bool
	Source string // what was parsed
}

// Clause holds for a document when one of its alternatives does.
type Clause struct {
	Any []Alternative
	// Text is what the person typed for this clause when it is one plain word, else "". It stands at byte At
	// of the source; a spelling correction replaces it there.
	Text string
	At   int
}

// Alternative holds when a field, or any, has all its words: next to each other in a phrase, anywhere else.
type Alternative struct {
	Words  []Word
	Phrase bool
	Field  Field // FieldAny: wherever it stands
}

// Word is one word of a query.
type Word struct {
	Term   string // folded
	Stem   string
	Prefix bool // stands for all words that begin with Form
}

// Empty tells whether the text says nothing, so that everything matches.
func (w *Words) Empty() bool { return len(w.Must) == 0 && len(w.MustNot) == 0 }

// typedStems gives the words to be found as they were typed, one after the other; nil when there are no two.
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
