package gazetteer

import (
	"slices"
	"strings"
)

// maxParts limits the work for one text. The last parts of longer addresses count: "Floor 3, 12 High Street, London, England, GB".
const maxParts = 4

// maxVariantParts is how many there are when one of them is split by variants.
const maxVariantParts = maxParts + 2

// part is a piece of a place text, as written and folded.
type part struct{ raw, key string }

// splitParts cuts a text at commas and the like; fine cuts at slashes, brackets and dashes between spaces too.
func splitParts(text string, fine bool) []part {
	if fine {
		for _, dash := range []string{" - ", " – ", " — "} {
			text = strings.ReplaceAll(text, dash, ",")
		}
	}
	var parts []part
	for raw := range strings.FieldsFuncSeq(text, func(r rune) bool {
		switch r {
		case ',', ';', '|', '\n', '\t', '，', '、', '،', '•', '·':
			return true
		case '/', '(', ')', '[', ']', ':', '>':
			return fine
		}
		return false
	}) {
		if p := (part{strings.TrimSpace(raw), fold(raw)}); p.key != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

// remoteWords say that the work is done from anywhere.
var remoteWords = wordSet("remote remotely anywhere worldwide wfh telework telecommute telecommuting homeoffice " +
	"telearbeit teletravail teletrabajo remoto")

// officeWords say where it is done without naming a place.
var officeWords = wordSet("hybrid onsite")

// fillerWords mean nothing beside those two kinds.
var fillerWords = wordSet("fully 100 only based in within from work working home office or and the on site first friendly " +
	"flexible possible optional position job role option eligible")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// dropRemoteWords removes the words about remote and office work from the parts.
func dropRemoteWords(parts []part) (rest []part, remote bool) {
	for _, p := range parts {
		words := strings.Fields(p.key)
		marked := false
		for _, word := range words {
			if remoteWords[word] {
				marked, remote = true, true
			}
			marked = marked || officeWords[word]
		}
		if p.key == "work from home" || p.key == "home office" || p.key == "home based" {
			marked, remote = true, true
		}
		if marked {
			kept := words[:0]
			for _, word := range words {
				if !remoteWords[word] && !officeWords[word] && !fillerWords[word] {
					kept = append(kept, word)
				}
			}
			p.key = strings.Join(kept, " ")
			p.raw = p.key
		}
		if p.key != "" {
			rest = append(rest, p)
		}
	}
	return rest, remote
}

// fuzzyWords describe an area around a city.
var fuzzyWords = wordSet("greater metropolitan metro area region downtown city of north south east west central " +
	"northern southern eastern western upper lower suburbs county")

// umlauts undoes German spelling without umlauts ("Muenchen"), whose names are folded to plain vowels.
var umlauts = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")

// digits mark postcodes and house numbers.
const digits = "0123456789"

// variants returns other readings of a part that was not understood: without numbers, without words such as "Greater", without
// spelled-out umlauts, and split into two or three between words ("Austin TX", "New York NY USA").
func variants(p part) [][]part {
	var all [][]part
	words := strings.Fields(p.key)
	piece := func(words []string) part {
		text := strings.Join(words, " ")
		return part{text, text}
	}
	without := func(drop func(word string) bool) {
		if kept := slices.DeleteFunc(slices.Clone(words), drop); len(kept) > 0 && len(kept) < len(words) {
			all = append(all, []part{piece(kept)})
		}
	}
	without(func(word string) bool { return strings.ContainsAny(word, digits) })
	without(func(word string) bool { return fuzzyWords[word] })
	if plain := umlauts.Replace(p.key); plain != p.key {
		all = append(all, []part{{p.raw, plain}})
	}
	if len(words) > 6 {
		return all
	}
	for i := 1; i < len(words); i++ {
		all = append(all, []part{piece(words[:i]), piece(words[i:])})
		for j := i + 1; j < len(words); j++ {
			all = append(all, []part{piece(words[:i]), piece(words[i:j]), piece(words[j:])})
		}
	}
	return all
}
