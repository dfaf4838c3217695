package meaning

import (
	"regexp"
	"strconv"
	"strings"

	"jobboard/internal/gazetteer"
)

// How many people a place must have for its name to be understood.
const (
	cityPeople      = 100_000 // a name of one word
	longNamePeople  = 20_000  // a name of several words, which is seldom anything else
	regionPeople    = 500_000
	aliasPeople     = 300_000 // a name in another language: there are many, and some are words
	afterInPeople   = 15_000  // a name after "in" or "near"
	qualifiedPeople = 5_000   // a name before its region or country
	qualifiedLong   = 1_000   // a name of several words before its region or country
)

const (
	maxNameWords = 5
	maxAreaWords = 3
	nearRadiusKm = 50
	kmPerMile    = 1.609344
)

// codeCountries are the countries whose regions are known by their codes alone.
var codeCountries = []string{"US", "CA", "AU"}

// lookup finds a place by its name, or a region of codeCountries by its code.
func lookup(name string) (gazetteer.Named, bool) {
	named, ok := gazetteer.Lookup(name)
	if !ok || named.Kind != gazetteer.Code {
		return named, ok
	}
	for _, country := range codeCountries {
		if region, ok := gazetteer.Lookup(name, country); ok && region.Country == country && region.City == "" && region.Region != "" {
			return region, true
		}
	}
	return named, strings.EqualFold(name, "us")
}

// placeAt understands the name of a place that begins at word i. afterIn is whether it follows a word such as "in".
func (r *reader) placeAt(i int, afterIn bool) (Part, int) {
	if !r.fields[FieldLocation] {
		return Part{}, 0
	}
	rest := r.words[i:]
	var best gazetteer.Place
	longest := 0
	limit := run(r.text, rest, maxNameWords)
	for n := 1; n <= limit; n++ {
		name := r.text[rest[0].start:rest[n-1].end]
		if rest[n-1].closes && !rest[n-1].possessive {
			place, more := r.named(i, n, name, afterIn)
			if more > longest {
				best, longest = place, more
			}
		}
		if n < limit && !gazetteer.Continues(name) {
			break
		}
	}
	if longest == 0 {
		return Part{}, 0
	}
	part := r.part(i, longest)
	part.Field, part.Place, part.Value, part.Label = FieldLocation, best, best.Name, best.Name
	if part.End-part.Start > len("NSW") { // a country may have the same code
		part.Name = r.text[part.Start:part.End]
	}
	if _, n := r.senseAt(i+longest, func(s *sense) bool { return s.area }); n > 0 {
		part.End = r.words[i+longest+n-1].end
		longest += n
		part.around(nearRadiusKm)
	}
	return part, longest
}

// named understands the name of n words at word i with the region and country that may follow it, and returns how many words that
// is.
func (r *reader) named(i, n int, name string, afterIn bool) (gazetteer.Place, int) {
	known := r.senses[key(r.words[i:i+n])]
	if n == 1 && known != nil && known.never && !r.words[i].capitals {
		return gazetteer.Place{}, 0
	}
	alone, ok := lookup(name)
	if !ok {
		return gazetteer.Place{}, 0
	}
	accepted := r.accepts(i, n, alone, afterIn)
	if accepted || alone.Kind != gazetteer.Code && alone.People >= qualifiedLong && !(known != nil && (known.never || known.words)) {
		if place, more := r.qualified(i+n, n, name, alone); more > 0 {
			return place, n + more
		}
	}
	if !accepted {
		return gazetteer.Place{}, 0
	}
	return alone.Place, n
}

// around makes the part stand for the surroundings of its place too. Regions and countries have none.
func (p *Part) around(km float64) {
	if p.Place.HasPoint() {
		p.RadiusKm = km
		p.Label = strconv.FormatFloat(km, 'f', -1, 64) + " km of " + p.Place.Name
		p.Value = p.Label // as the parameter understands it
	}
}

// senseAt returns the longest expression at word i for which fits holds.
func (r *reader) senseAt(i int, fits func(*sense) bool) (*sense, int) {
	if i >= len(r.words) || !r.words[i].opens {
		return nil, 0
	}
	return r.longest(r.text, r.words[i:], fits)
}

// accepts reports whether the name of n words at word i, which no region or country follows, means the place.
func (r *reader) accepts(i, n int, named gazetteer.Named, afterIn bool) bool {
	name := key(r.words[i : i+n])
	known := r.senses[name]
	if known == nil {
		known = &sense{}
	}
	capitals := n == 1 && r.words[i].capitals
	switch {
	case named.Kind == gazetteer.Code || named.Kind == gazetteer.Nickname && known.ambiguous:
		switch {
		case known.never:
			return capitals && (afterIn || name == "us")
		case known.ambiguous && !afterIn:
			return i > 0 && r.isEnd(i+n) && (capitals || named.Kind == gazetteer.Nickname)
		}
		return true
	case known.never || known.words || r.fields[known.field]:
		return false
	case n == 1 && r.board.HasSynonyms(name):
		return false
	case named.Kind == gazetteer.Nickname || named.City == "" && named.Region == "":
		return afterIn || !known.ambiguous
	case named.Kind == gazetteer.Alias:
		return named.People >= aliasPeople && len(name) > 3 && (afterIn || !known.ambiguous)
	case afterIn:
		return named.People >= afterInPeople
	case known.ambiguous:
		return false
	case named.City == "":
		return named.People >= regionPeople
	case n > 1:
		return named.People >= longNamePeople
	}
	return named.People >= cityPeople
}

// isEnd reports whether nothing but filler follows from word i on.
func (r *reader) isEnd(i int) bool {
	for ; i < len(r.words); i++ {
		if known := r.senses[r.words[i].folded]; known == nil || !known.filler {
			return false
		}
	}
	return true
}

// qualified understands the region, the country or both that follow a name of n words at word i, and returns how many words they
// are.
func (r *reader) qualified(i, n int, name string, alone gazetteer.Named) (gazetteer.Place, int) {
	var best gazetteer.Place
	longest := 0
	for _, first := range r.areas(i) {
		place, ok := gazetteer.Lookup(name, first.text)
		if !ok || !fitsTogether(n, name, alone, place) {
			continue
		}
		if first.words > longest {
			best, longest = place.Place, first.words
		}
		for _, second := range r.areas(i + first.words) {
			both, ok := gazetteer.Lookup(name, first.text, second.text)
			if ok && first.words+second.words > longest {
				best, longest = both.Place, first.words+second.words
			}
		}
	}
	return best, longest
}

// fitsTogether reports whether a name and what follows it are a place in a region or country, rather than two words that
// happen to name a village.
func fitsTogether(n int, name string, alone, place gazetteer.Named) bool {
	if alone.City == "" && place.City != "" && !strings.EqualFold(place.City, name) {
		return false // "Texas Houston": the second is the city, which is found by itself
	}
	if place.City == "" || n > 1 {
		return place.City == "" || place.People >= qualifiedLong
	}
	return place.People >= qualifiedPeople
}

// area is the name of a region or country in the text.
type area struct {
	text  string
	words int
}

// areas returns the regions and countries whose names begin at word i, the longest first.
func (r *reader) areas(i int) []area {
	if i >= len(r.words) || strings.Trim(r.text[r.words[i-1].end:r.words[i].start], " \t,") != "" {
		return nil
	}
	rest := r.words[i:]
	var all []area
	for n := run(r.text, rest, maxAreaWords); n > 0; n-- {
		if !rest[n-1].closes || rest[n-1].possessive {
			continue
		}
		if known := r.senses[key(rest[:n])]; known != nil && n == 1 && known.never && !rest[0].capitals {
			continue // "or", "in"
		}
		if name := r.text[rest[0].start:rest[n-1].end]; gazetteer.IsArea(name) {
			all = append(all, area{name, n})
		}
	}
	return all
}

var distancePattern = regexp.MustCompile(`^(\d{1,3})(km|mi|miles)?$`)

// placeAfter understands a place after words such as "in", "near" and "within 20 miles of".
func (r *reader) placeAfter(i int) int {
	if !r.fields[FieldLocation] {
		return 0
	}
	at := i
	km := r.distance(&at)
	for range 2 { // "in downtown Chicago"
		found, n := r.senseAt(at, func(s *sense) bool { return s.in || s.near || s.words || s.filler || r.fields[s.field] })
		if n == 0 || !found.in && !found.near { // "in the office", "near me"
			break
		}
		if found.near && km == 0 {
			km = nearRadiusKm
		}
		at += n
	}
	if at == i || at >= len(r.words) || !r.words[at].opens {
		return 0
	}
	part, n := r.placeAt(at, true)
	if n == 0 {
		return 0
	}
	if km > 0 {
		part.around(km)
	}
	part.lead = r.words[i].start
	r.add(r.part(i, at-i))
	r.add(part)
	return at - i + n
}

var distanceUnits = map[string]float64{
	"km": 1, "kms": 1, "kilometer": 1, "kilometers": 1, "kilometre": 1, "kilometres": 1,
	"mi": kmPerMile, "mile": kmPerMile, "miles": kmPerMile, "meilen": kmPerMile,
}

// distance understands "within 20 miles of" and the like at word *i, moves *i behind it and returns the kilometres; 0: none.
func (r *reader) distance(i *int) float64 {
	at := *i
	word := func() string {
		if at < len(r.words) {
			return r.words[at].folded
		}
		return ""
	}
	within := word() == "within"
	if within {
		at++
	}
	m := distancePattern.FindStringSubmatch(word())
	if m == nil {
		return 0
	}
	at++
	unit := m[2]
	if unit == "" {
		unit = word()
		at++
	}
	number, err := strconv.ParseFloat(m[1], 64)
	factor, known := distanceUnits[unit]
	if err != nil || !known || number == 0 {
		return 0
	}
	switch word() {
	case "of", "from", "around", "near", "um", "von", "de", "autour":
		at++
	default:
		if !within {
			return 0
		}
	}
	*i = at
	return float64(int(number*factor + 0.5))
}
