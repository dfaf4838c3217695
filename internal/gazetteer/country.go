package gazetteer

import "strings"

// countryNicknames are folded words for countries that no list of names has.
var countryNicknames = map[string]string{
	"uk": "GB", "gt britain": "GB", "great britain": "GB", "britain": "GB", "gbr": "GB", "usa": "US", "us of a": "US",
	"america": "US", "the us": "US", "the usa": "US", "the united states": "US", "united states of america": "US",
	"uae": "AE", "emirates": "AE", "ksa": "SA", "holland": "NL", "the netherlands": "NL", "korea": "KR",
	"south korea": "KR", "north korea": "KP", "czech republic": "CZ", "czechia": "CZ", "ivory coast": "CI",
	"cape verde": "CV", "burma": "MM", "macedonia": "MK", "swaziland": "SZ", "turkey": "TR", "russia": "RU",
	"vietnam": "VN", "laos": "LA", "syria": "SY", "iran": "IR", "moldova": "MD", "tanzania": "TZ", "bolivia": "BO",
	"venezuela": "VE", "taiwan": "TW", "brunei": "BN", "palestine": "PS", "vatican": "VA", "roi": "IE",
	"republic of ireland": "IE", "dr congo": "CD", "drc": "CD", "the gambia": "GM", "the bahamas": "BS",
	"the philippines": "PH", "macau": "MO", "brasil": "BR", "deutschland": "DE", "espana": "ES", "italia": "IT",
	"schweiz": "CH", "suisse": "CH", "svizzera": "CH", "osterreich": "AT", "oesterreich": "AT", "polska": "PL",
	"sverige": "SE", "norge": "NO", "danmark": "DK", "suomi": "FI", "magyarorszag": "HU", "belgie": "BE",
	"nederland": "NL", "nippon": "JP", "bharat": "IN", "aotearoa": "NZ", "eire": "IE", "hellas": "GR",
}

// number finds a country by alpha-2 or alpha-3 code or by name, and reports whether it was by the two-letter code.
func (b *countryBook) number(text string) (number int, byCode, ok bool) {
	return b.numberOf(fold(text))
}

// numberOf is number for a folded text.
func (b *countryBook) numberOf(key string) (number int, byCode, ok bool) {
	if number, ok = b.byKey[key]; ok {
		return number, false, true
	}
	if len(key) == 2 {
		number, ok = b.byCode[strings.ToUpper(key)]
	}
	return number, true, ok
}

// Country finds a country by its ISO 3166-1 code (two or three letters) or by a name in one of some twenty languages,
// and returns the alpha-2 code and the English name.
func Country(text string) (code, name string, ok bool) {
	if len(text) > maxText {
		return "", "", false
	}
	book := theCountries()
	number, _, ok := book.number(text)
	if !ok {
		return "", "", false
	}
	return book.list[number].code, book.list[number].name, true
}

// CountryName returns the English name of an ISO 3166-1 alpha-2 code in capitals, or "".
func CountryName(code string) string {
	book := theCountries()
	if number, ok := book.byCode[code]; ok {
		return book.list[number].name
	}
	return ""
}

// ValidCountry reports whether code is an ISO 3166-1 alpha-2 code in capitals. XK (Kosovo), which ISO leaves to its users, counts
// too, since GeoNames and job boards use it.
func ValidCountry(code string) bool {
	_, ok := theCountries().byCode[code]
	return ok
}
