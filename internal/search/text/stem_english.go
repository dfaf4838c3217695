package text

import "strings"

// stemEnglish is a light stemmer: it makes one of singular and plural and of the forms of a verb, but keeps what makes a word of its
// own, so that "accountant" and "account", "developer" and "development", "intern" and "international" are apart.
func stemEnglish(term string) string {
	singular := englishSingular(term)
	if ownWords[singular] {
		return singular
	}
	return dropE(englishVerb(singular))
}

// ownWords are kinds of work that are no forms of a verb.
var ownWords = map[string]bool{"accounting": true, "banking": true, "building": true, "engineering": true, "marketing": true,
	"programming": true, "purchasing": true, "staffing": true}

// notPlural are words in -s that are no plurals of what remains without it.
var notPlural = map[string]bool{"news": true, "series": true, "species": true, "lens": true, "always": true, "perhaps": true}

// englishSingular returns the singular of a word that looks like a regular plural.
func englishSingular(term string) string {
	n := len(term)
	switch {
	case n < 4 || term[n-1] != 's' || notPlural[term]:
		return term
	case strings.HasSuffix(term, "ies"):
		if n == 4 {
			return term[:n-1]
		}
		return term[:n-3] + "y"
	case hasAnySuffix(term, "sses", "xes", "ches", "shes", "zzes"):
		return term[:n-2]
	case hasAnySuffix(term, "ss", "us", "is"):
		return term
	}
	return term[:n-1]
}

// englishVerb returns the stem of a word that looks like the past or the gerund of a verb.
func englishVerb(term string) string {
	stem, ok := strings.CutSuffix(term, "ing")
	if !ok {
		if strings.HasSuffix(term, "ied") && len(term) > 4 {
			return term[:len(term)-3] + "y"
		}
		if stem, ok = strings.CutSuffix(term, "ed"); !ok || strings.HasSuffix(stem, "e") {
			return term
		}
	}
	n := len(stem)
	if n < 4 && !(n == 3 && isShortSyllable(stem)) || !strings.ContainsAny(stem, "aeiouy") {
		return term
	}
	switch last := stem[n-1]; {
	case last < 0x80 && last == stem[n-2] && !strings.ContainsRune("aeiouylsz", rune(last)): // "planning"
		return stem[:n-1]
	case isShortSyllable(stem): // "driving"
		return stem + "e"
	}
	return stem
}

// dropE drops the final e of words whose other forms lack it, such as "nurse" beside "nursing", but not from "plane".
func dropE(term string) string {
	stem, ok := strings.CutSuffix(term, "e")
	if !ok || len(term) < 5 || isShortSyllable(stem) {
		return term
	}
	return stem
}

// isShortSyllable reports whether a word is consonants, one vowel and one consonant.
func isShortSyllable(s string) bool {
	n := len(s)
	if n < 2 || isEnglishVowel(s[n-1]) || !isEnglishVowel(s[n-2]) || strings.IndexByte("wxy", s[n-1]) >= 0 {
		return false
	}
	for i := range n - 2 {
		if isEnglishVowel(s[i]) {
			return false
		}
	}
	return true
}

func isEnglishVowel(b byte) bool { return strings.IndexByte("aeiouy", b) >= 0 }

func hasAnySuffix(s string, suffixes ...string) bool {
	for _, suffix := range suffixes {
		if strings.HasSuffix(s, suffix) {
			return true
		}
	}
	return false
}
