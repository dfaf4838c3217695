package engine

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"strings"

	"jobboard/internal/search/text"
)

// suggestBudget is how many matching documents a suggestion reads, the newest first: what none of them has is rare.
const suggestBudget = 5000

// skillField is the filter field of the skills.
const skillField = "skills"

// beginningWeight is how much more a suggestion counts that begins with what is typed than one with a later word that does.
const beginningWeight = 4

// Suggestions are completions of what somebody has begun to type, the most frequent first; those that begin with it count more than
// those that have a later word that does. Titles are without places, pay and the like (see text.Role).
type Suggestions struct {
	Titles    []string `json:"titles"`
	Skills    []string `json:"skills"`
	Companies []string `json:"companies"`
}

// Suggest completes a text from the titles, skills and companies of the documents in scope, at most n of each.
func (ix *Index) Suggest(typed string, scope Scope, n int) Suggestions {
	s := Suggestions{[]string{}, []string{}, []string{}}
	if len(typed) > maxQueryBytes {
		return s
	}
	words := queryTerms(typed)
	if len(words) == 0 {
		return s
	}
	typed = strings.Join(strings.Fields(typed), " ")
	ix.read(func(snap *snapshot) {
		pool := &bitsetPool{}
		defer pool.release()
		views := newestFirst(snap.segments)
		scopes := make([]bitset, len(views))
		for i, v := range views {
			scopes[i] = v.scopeOf(scope, pool)
		}
		s = suggest(views, scopes, typed, words, n, pool)
		if len(s.Titles)+len(s.Companies)+len(s.Skills) > 0 {
			return
		}
		if corrected := correctTyped(views, scopes, words); corrected != nil {
			s = suggest(views, scopes, strings.Join(corrected, " "), corrected, n, pool)
		}
	})
	return s
}

func suggest(views []*segmentView, scopes []bitset, typed string, words []string, n int, pool *bitsetPool) Suggestions {
	begin := text.Fold(typed)
	titles, companies := func(v *segmentView) table { return v.titles }, func(v *segmentView) table { return v.companies }
	return Suggestions{
		Titles:    suggestTexts(views, scopes, words, FieldTitle, titles, pool).roles(words).mostFrequent(begin, n),
		Companies: suggestTexts(views, scopes, words, FieldCompany, companies, pool).mostFrequent(begin, n),
		Skills:    suggestValues(views, scopes, strings.ToLower(typed)).mostFrequent(begin, n),
	}
}

// completion is a text that is suggested.
type completion struct {
	shown        string
	count, shows int // of all spellings together, and of the shown one
	begins       bool
}

func (c *completion) weight() int {
	if c.begins {
		return beginningWeight * c.count
	}
	return c.count
}

// textCounts counts texts. Those that differ only in case or accents are one, in their most frequent spelling.
type textCounts map[string]int

func (t textCounts) mostFrequent(begin string, n int) []string {
	byFold := map[string]*completion{}
	for written, count := range t {
		folded := text.Fold(written)
		o := byFold[folded]
		if o == nil {
			o = &completion{begins: strings.HasPrefix(folded, begin)}
			byFold[folded] = o
		}
		o.count += count
		if count > o.shows || count == o.shows && written < o.shown {
			o.shown, o.shows = written, count
		}
	}
	options := make([]*completion, 0, len(byFold))
	for _, o := range byFold {
		options = append(options, o)
	}
	slices.SortFunc(options, func(x, y *completion) int {
		return cmp.Or(cmp.Compare(y.weight(), x.weight()), cmp.Compare(x.shown, y.shown))
	})
	list := []string{}
	for _, o := range options[:min(n, len(options))] {
		list = append(list, strings.Clone(o.shown))
	}
	return list
}

// suggestTexts counts the texts of the newest documents whose field has the words, the last of which is a prefix.
func suggestTexts(views []*segmentView, scopes []bitset, words []string, f Field,
	texts func(*segmentView) table, pool *bitsetPool) textCounts {
	found, left := textCounts{}, suggestBudget
	for i, v := range views {
		docs := pool.copyOf(scopes[i])
		for w, word := range words {
			one := pool.cleared(v.docs)
			if w == len(words)-1 {
				from, to := v.terms.withPrefix(word)
				for term := from; term < to; term++ {
					v.termPostings(uint32(term), f).orInto(one)
				}
			} else if term, ok := v.terms.find(word); ok {
				v.termPostings(uint32(term), f).orInto(one)
			}
			docs.and(one)
		}
		list := texts(v)
		docs.eachDown(func(doc int) bool {
			if written := list.get(doc); written != "" {
				found[written]++
				left--
			}
			return left > 0
		})
		if left <= 0 {
			break
		}
	}
	return found
}

// suggestValues counts the skills that begin with what is typed, or have a word that does.
func suggestValues(views []*segmentView, scopes []bitset, typed string) textCounts {
	found := textCounts{}
	prefix := valueKey(skillField, "")
	inside := []byte(" " + typed)
	for i, v := range views {
		count := func(value int) {
			if n := v.postings(v.valueFirst + uint32(value)).countAnd(scopes[i]); n > 0 {
				found[v.values.get(value)[len(prefix):]] += n
			}
		}
		from, to := v.values.withPrefix(prefix + typed)
		for value := from; value < to; value++ {
			count(value)
		}
		// the values are adjacent, so all are searched at once
		first, last := v.values.withPrefix(prefix)
		if first == last {
			continue
		}
		start, data := int(v.values.at[first]), v.values.data[v.values.at[first]:v.values.at[last]]
		for at := 0; ; {
			hit := bytes.Index(data[at:], inside)
			if hit < 0 {
				break
			}
			at += hit
			value := first + sort.Search(last-first, func(k int) bool { return int(v.values.at[first+k+1]) > start+at })
			if value < from || value >= to {
				count(value)
			}
			at = int(v.values.at[value+1]) - start // continue with the next value
		}
	}
	return found
}
