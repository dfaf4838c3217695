package pages

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"jobboard/internal/gazetteer"
)

// country is what a country is called in the pages' language, "" for a code that is none.
func (w *words) country(code string) string {
	english := gazetteer.CountryName(code)
	if english == "" || w.Language == DefaultLanguage { // the gazetteer's names are English
		return english
	}
	region, err := language.ParseRegion(code)
	if err != nil {
		return english
	}
	if name := display.Regions(w.tag).Name(region); name != "" {
		return name
	}
	return english
}

// place writes a place's name with its country in the pages' language, such as "Berlin, Deutschland".
func (w *words) place(p gazetteer.Place) string {
	english := gazetteer.CountryName(p.Country)
	if rest, ends := strings.CutSuffix(p.Name, english); ends && english != "" && (rest == "" || strings.HasSuffix(rest, ", ")) {
		return rest + w.country(p.Country)
	}
	return p.Name
}

// placeText writes the country at the end of a place that somebody typed in the pages' language.
func (w *words) placeText(text string) string {
	if w.Language == DefaultLanguage {
		return text
	}
	place, ok := gazetteer.Resolve(text)
	if !ok {
		return text
	}
	place.Name = text
	return w.place(place)
}

// searchable is the place's name in the pages' language where a search for it finds the same place, else the gazetteer's own.
func (w *words) searchable(p gazetteer.Place) string {
	name := w.place(p)
	if found, ok := gazetteer.Resolve(name); ok && found.Name == p.Name {
		return name
	}
	return p.Name
}

// where writes the places of a job. A text that was not made from them stays as it is.
func (w *words) where(j *job) string {
	names, shown := make([]string, len(j.Locations)), make([]string, len(j.Locations))
	for i, place := range j.Locations {
		names[i], shown[i] = place.Name, w.place(place.Place())
	}
	if strings.Join(names, "; ") != j.Location {
		return j.Location
	}
	return strings.Join(shown, "; ")
}
