package gazetteer

import (
	"strings"
	"unicode/utf8"
)

// NameKind says what kind of name a text is.
type NameKind int

// The kinds of names.
const (
	OwnName  NameKind = iota // "Vienna", "Texas", "Germany"
	Alias                    // in another language, or an old one: "Wien", "Deutschland"
	Code                     // "TX", "DE", "DEU"
	Nickname                 // "NYC", "UK"
)

// Named is a place with the name that it was looked up by.
type Named struct {
	Place
	Kind NameKind
	// People is the population; that of a region or country is the sum of its cities'.
	People int
}

// maxCode is the length of the longest code of a country or region.
const maxCode = 3

// Lookup returns the most populous place that has exactly this name. Unlike Resolve it leaves nothing of the text aside. With
// within it is a place in the region or the country of this name, or in both: Lookup("Portland", "Oregon", "USA").
// The kind is that of the first name.
func Lookup(name string, within ...string) (Named, bool) {
	var room [maxParts]part
	parts := room[:0]
	a := theAtlas()
	for i := range 1 + len(within) {
		text := name
		if i > 0 {
			text = within[i-1]
		}
		if len(text) > maxText || len(parts) == maxParts {
			return Named{}, false
		}
		key := fold(strings.ToValidUTF8(text, " "))
		if !a.begins(key) {
			return Named{}, false
		}
		parts = append(parts, part{text, key})
	}
	found, ok := a.match(parts)
	if !ok || found.explained < len(parts) {
		return Named{}, false
	}
	return Named{Place: a.place(found.city, found.region, found.country), Kind: a.kindOf(parts[0].key, found), People: a.people(found)}, true
}

// Continues reports whether a longer name begins with the words of this one: "New" is the beginning of "New York".
func Continues(name string) bool {
	key := fold(strings.ToValidUTF8(name, " "))
	a := theAtlas()
	if len(name) > maxText || !a.begins(key) {
		return false
	}
	longer := key + " "
	for _, table := range []*keyTable{&a.cityKeys, &a.regionKeys, &a.nicknameKeys} {
		if table.hasPrefix(longer) {
			return true
		}
	}
	return a.book.beginnings[key]
}

// IsArea reports whether a text is exactly the name or the code of a region or country.
func IsArea(name string) bool {
	if len(name) > maxText {
		return false
	}
	key := fold(strings.ToValidUTF8(name, " "))
	a := theAtlas()
	_, _, ok := a.book.numberOf(key)
	return ok || len(a.regionKeys.find(key)) > 0
}

func (a *atlas) people(m match) int {
	switch {
	case m.city >= 0:
		return int(a.populations[m.city])
	case m.region >= 0:
		return int(a.regions[m.region].population)
	}
	return int(a.countries[m.country].population)
}

// kindOf returns the kind of a name, folded, of a city, its region or its country.
func (a *atlas) kindOf(key string, m match) NameKind {
	for _, own := range a.ownNames(m) {
		if fold(own) == key {
			return OwnName
		}
	}
	if _, ok := countryNicknames[key]; ok || len(a.nicknameKeys.find(key)) > 0 {
		return Nickname
	}
	if len(key) <= maxCode && key[0] < utf8.RuneSelf {
		return Code
	}
	return Alias
}

func (a *atlas) ownNames(m match) []string {
	var names []string
	if m.city >= 0 {
		name := a.cityName(m.city)
		first, second, _ := strings.Cut(name, "/")
		names = append(names, name, first, second)
	}
	if m.region >= 0 {
		names = append(names, a.regions[m.region].name)
	}
	if m.country >= 0 {
		names = append(names, a.countries[m.country].name)
	}
	return names
}
