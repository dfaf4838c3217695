package engine

import (
	"strings"
	"testing"
	"time"
)

// correctionIndex returns an index of a small board.
func correctionIndex(t *testing.T) *Index {
	t.Helper()
	ix := NewMemory(newAnalyzer(t))
	var b Batch
	for i, title := range []string{"Night Nurse", "Night Nurse at Sunrise", "Chief Models Officer", "Number Cruncher", "Numbers Analyst",
		"Developer who develops", "Logs Engineer", "Food Critic", "Help Wanted at the Front Desk", "Barista", "Painter", "Printer",
		"Printer", "Printer", "Plasterer"} {
		b.Put = append(b.Put, Document{ID: string(rune('a' + i)), Title: title, Published: time.Now()})
	}
	b.Put = append(b.Put, Document{ID: "z", Title: "Sous Chef", Body: "The front desk and the wine cellar.", Published: time.Now()},
		Document{ID: "hidden", Title: "Welder", Published: time.Now(), Values: map[string][]string{"status": {"draft"}}})
	must(t, ix.Apply(b))
	return ix
}

func TestCorrections(t *testing.T) {
	ix := correctionIndex(t)
	ix.KnowWords(func(term string) bool { return term == "berista" })
	for _, c := range []struct {
		typed, want string
		corrected   bool // the hits are those of the correction
	}{
		{"nigth nurce", "night nurse", true},
		{"nigth nurse ", "night nurse", true},
		{"nurrse", "nurse", true},
		{"baristta", "barista", true},
		{"frontdesk", "front desk", true}, // the space is missing, and no vocabulary has it
		{"winecellar", "wine cellar", true},
		{"pbinter", "printer", true}, // as near to "painter", which is rarer and no neighbour on the keyboard
		{"nodejs", "", false},        // "models"
		{"summer intern", "", false}, // "number"
		{"devops", "", false},        // "develops"
		{"logo design", "", false},   // "logs"
		{"food52", "", false},        // "food"
		{"berista", "", false},       // another vocabulary has it
		{"plaster", "", false},       // found as the beginning of a word
		{"chefdesk", "", false},      // the words are never next to each other
		{"nurse nurce -night", "", false},
		{`"nigth nurce"`, "", false},
		{"xyzzy", "", false},
	} {
		r, err := ix.Search(Query{Words: Parse(ix.analyzer, c.typed), Scope: Everything(), Limit: 10})
		must(t, err)
		if strings.TrimSpace(r.DidYouMean) != c.want || r.Corrected != c.corrected {
			t.Errorf("%q: did you mean %q, corrected %v; want %q, %v", c.typed, r.DidYouMean, r.Corrected, c.want, c.corrected)
		}
	}
}

// A correction must not reveal what the caller may not see.
func TestCorrectionsStayInScope(t *testing.T) {
	ix := correctionIndex(t)
	for visible, want := range map[string]string{"draft": "welder", "published": ""} {
		scope := Scope{Rules: []ScopeRule{{Values: map[string][]string{"status": {visible}}}}}
		r, err := ix.Search(Query{Words: Parse(ix.analyzer, "weldre"), Scope: scope, Limit: 10})
		must(t, err)
		if r.DidYouMean != want {
			t.Errorf("%s: did you mean %q, want %q", visible, r.DidYouMean, want)
		}
	}
}

func TestEditCost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, meant string
		want         int
	}{
		{"nurse", "nurse", 0}, {"nigth", "night", costSwapped}, {"nurrse", "nurse", costDoubled}, {"nrse", "nurse", costMissing},
		{"pater", "patter", costDoubled}, {"nutse", "nurse", costNeighbour}, {"nerse", "nurse", costVowel},
		{"nurce", "nurse", costOther}, {"purse", "nurse", costOther + costFirstLetter}, {"", "ab", 2 * costMissing},
	} {
		if got := editCost([]rune(c.typed), []rune(c.meant)); got != c.want {
			t.Errorf("%q for %q costs %d, want %d", c.typed, c.meant, got, c.want)
		}
	}
}
