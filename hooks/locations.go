package hooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/gazetteer"
	"jobboard/internal/problem"
)

const (
	maxLocations = 20
	maxCountries = 250 // ISO 3166-1 has 249
)

// givenLocation is an entry of jobs.locations as clients may send it: also as a plain string, the name of a place to be resolved.
type givenLocation struct{ collections.Location }

func (l *givenLocation) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte(`"`)) {
		return json.Unmarshal(raw, &l.Name)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode(&l.Location)
}

// normalizeLocations resolves the places of a job and makes the text "location" from them. Where only the text is given, it becomes
// the one place.
func normalizeLocations(job *core.Record) error {
	locations, err := readList[givenLocation](job, "locations", maxLocations)
	if err != nil {
		return err
	}
	text := strings.TrimSpace(job.GetString("location"))
	original := job.Original() // makes a record each time
	textChanged := text != original.GetString("location")
	listChanged := !sameValue(job, original, "locations")
	if textChanged && !listChanged {
		locations = nil
		if text != "" {
			locations = []givenLocation{{collections.Location{Name: text}}}
		}
	}
	if !textChanged && !listChanged && !job.IsNew() {
		return nil
	}
	resolved := []collections.Location{}
	var names []string
	for i, location := range locations {
		if reason := resolveLocation(&location.Location); reason != "" {
			return problem.Field("locations", problem.InvalidValue, fmt.Sprintf("Place %d: %s", i+1, reason))
		}
		if location.Name == "" || slices.Contains(names, location.Name) {
			continue
		}
		names = append(names, location.Name)
		resolved = append(resolved, location.Location)
	}
	job.Set("locations", resolved)
	job.Set("location", collections.Truncate(strings.Join(names, "; "), 1_000))
	return nil
}

// resolveLocation checks what was given of a place and adds what the gazetteer knows of it. It returns what is wrong, or "".
func resolveLocation(l *collections.Location) string {
	for _, part := range []*string{&l.Name, &l.City, &l.Region, &l.Country} {
		*part = strings.Join(strings.Fields(*part), " ")
		if utf8.RuneCountInString(*part) > maxPlaceText {
			return fmt.Sprintf("each text must have at most %d characters.", maxPlaceText)
		}
	}
	l.Country = strings.ToUpper(l.Country)
	if l.Country != "" && !gazetteer.ValidCountry(l.Country) {
		return "country must be a code of ISO 3166-1 alpha-2, such as FR."
	}
	if (l.Lat == nil) != (l.Lon == nil) {
		return "lat and lon go together."
	}
	if l.Lat != nil && (*l.Lat < -90 || *l.Lat > 90 || *l.Lon < -180 || *l.Lon > 180) {
		return "lat must be between -90 and 90, lon between -180 and 180."
	}
	parts := slices.DeleteFunc([]string{l.City, l.Region, gazetteer.CountryName(l.Country)}, func(s string) bool { return s == "" })
	if l.Name == "" {
		l.Name = strings.Join(parts, ", ")
	}
	if l.Name == "" && l.Lat != nil {
		l.Name = fmt.Sprintf("%.4f, %.4f", *l.Lat, *l.Lon)
	}
	query := l.Name
	if l.City != "" {
		query = strings.Join(parts, ", ")
	}
	if place, ok := gazetteer.Resolve(query); ok && (l.Country == "" || l.Country == place.Country) {
		if l.City == "" && l.Region == "" {
			l.City, l.Region = place.City, place.Region
		}
		l.Country = place.Country
		if l.Lat == nil && place.HasPoint() {
			l.Lat, l.Lon = types.Pointer(place.Lat), types.Pointer(place.Lon)
		}
	}
	return ""
}

// normalizeApplicantCountries writes the country codes in capitals and refuses those that ISO 3166-1 does not have.
func normalizeApplicantCountries(job *core.Record) error {
	codes, err := readList[string](job, "applicantCountries", maxCountries)
	if err != nil {
		return err
	}
	kept := []string{}
	for _, code := range codes {
		code = strings.ToUpper(strings.TrimSpace(code))
		if !gazetteer.ValidCountry(code) {
			return problem.Field("applicantCountries", problem.InvalidValue,
				fmt.Sprintf("%.20q is no country code of ISO 3166-1 alpha-2, such as FR.", code))
		}
		if !slices.Contains(kept, code) {
			kept = append(kept, code)
		}
	}
	job.Set("applicantCountries", kept)
	return nil
}

// resolveCoordinates sets the coordinates of a profile or an employer from its location text, where the client sends only the
// text. A text that the gazetteer does not know empties them, so that they never show an earlier place.
func resolveCoordinates(record *core.Record) {
	text := record.GetString("location")
	if text == record.Original().GetString("location") || !sameValue(record, record.Original(), "coordinates") {
		return
	}
	point := types.GeoPoint{}
	if place, ok := gazetteer.Resolve(text); ok {
		point = types.GeoPoint{Lon: place.Lon, Lat: place.Lat}
	}
	record.Set("coordinates", point)
}
