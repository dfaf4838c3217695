package formats

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"jobboard/internal/gazetteer"
	"jobboard/internal/transfer/values"
)

const (
	maxPlaces    = 20
	maxPlaceText = 200
)

// placeText adds the places of a text, several of which are separated by semicolons, bars or "or".
func (r *row) placeText(text string) {
	for _, part := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(";|\n•", c) }) {
		for _, name := range eitherPlace(values.Text(part)) {
			r.addPlace(name)
		}
	}
}

// eitherPlace splits "Berlin or Munich", if both are places.
func eitherPlace(text string) []string {
	for _, word := range []string{" or ", " oder ", " and ", " und ", " / "} {
		parts := strings.Split(text, word)
		if len(parts) < 2 || slices.ContainsFunc(parts, func(part string) bool { _, ok := gazetteer.Resolve(part); return !ok }) {
			continue
		}
		return parts
	}
	return []string{text}
}

func (r *row) addPlace(name string) {
	name = strings.Trim(name, " ,-–")
	if name == "" {
		return
	}
	if values.RemoteLocation(name) {
		r.remote = true
	}
	place, known := gazetteer.Resolve(name)
	switch {
	case utf8.RuneCountInString(name) > maxPlaceText:
		r.note("locations", "%s is too long for a place", values.Quote(name))
		return
	case known && place.Country == "" && place.Name == gazetteer.Remote:
		return // no place, but a workplace
	case !known:
		r.note("locations", "%s is no known place; it has no coordinates", values.Quote(name))
	}
	r.appendPlace(name)
}

func (r *row) appendPlace(place any) {
	same := func(other any) bool { return fmt.Sprint(other) == fmt.Sprint(place) }
	if len(r.places) < maxPlaces && !slices.ContainsFunc(r.places, same) {
		r.places = append(r.places, place)
	}
}

// place adds a place from its parts. The country is a code or a name.
func (r *row) place(city, region, country string) {
	city, region, country = values.Text(city), values.Text(region), values.Text(country)
	if city == "" && region == "" && country == "" {
		return
	}
	parts := slices.DeleteFunc([]string{city, region, country}, func(part string) bool { return part == "" })
	code, _, ok := gazetteer.Country(country)
	if city == "" || !ok {
		r.addPlace(strings.Join(parts, ", "))
		return
	}
	if values.RemoteLocation(city) {
		r.remote = true
	}
	if known, ok := gazetteer.Resolve(strings.Join(parts, ", ")); ok && known.Country == code && known.Region != "" {
		region = known.Region // spelled out, so that its time zone is found
	}
	place := map[string]any{"city": city, "country": code}
	if region != "" {
		place["region"] = region
	}
	r.appendPlace(place)
}
