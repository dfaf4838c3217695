package gazetteer

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestResolve(t *testing.T) {
	for _, test := range []struct {
		text                  string
		city, region, country string
	}{
		// A city alone: the most populous of its name.
		{"Lyon", "Lyon", "Auvergne-Rhône-Alpes", "FR"},
		{"Paris", "Paris", "Île-de-France", "FR"},
		{"London", "London", "England", "GB"},
		{"Birmingham", "Birmingham", "England", "GB"},
		{"Springfield", "Springfield", "Missouri", "US"},
		{"York", "York", "England", "GB"},
		// With region or country, in words or codes, in either order.
		{"Lyon, France", "Lyon", "Auvergne-Rhône-Alpes", "FR"},
		{"Paris, FR", "Paris", "Île-de-France", "FR"},
		{"Paris, TX", "Paris", "Texas", "US"},
		{"Paris, Texas, USA", "Paris", "Texas", "US"},
		{"New York, NY", "New York City", "New York", "US"},
		{"US, NY, New York", "New York City", "New York", "US"},
		{"NY, NY, US", "New York City", "New York", "US"},
		{"NZ, , Auckland", "Auckland", "Auckland", "NZ"},
		{"GB, LND, London", "London", "England", "GB"},
		{"Birmingham, AL, US", "Birmingham", "Alabama", "US"},
		{"Sydney, NSW, AU", "Sydney", "New South Wales", "AU"},
		{"Gold coast, QLD, AU", "Gold Coast", "Queensland", "AU"},
		{"Warsaw, MZ, PL", "Warsaw", "Mazovia", "PL"},
		{"Manila, 41, PH", "Manila", "National Capital Region", "PH"},
		{"San Jose, US", "San Jose", "California", "US"},
		{"Salt Lake City, UT, US", "Salt Lake City", "Utah", "US"},
		// Two letters that are both a state and a country.
		{"Toronto, CA", "Toronto", "Ontario", "CA"},
		{"San Francisco, CA", "San Francisco", "California", "US"},
		{"Hyderabad, IN", "Hyderabad", "Telangana", "IN"},
		{"Indianapolis, IN", "Indianapolis", "Indiana", "US"},
		{"Berlin, DE", "Berlin", "Berlin", "DE"},
		{"Dover, DE", "Dover", "Delaware", "US"},
		{"Atlanta, Georgia", "Atlanta", "Georgia", "US"},
		{"Tbilisi, Georgia", "Tbilisi", "Tbilisi", "GE"},
		// Accents, capitals, other languages and scripts, old names, nicknames.
		{"München", "Munich", "Bavaria", "DE"},
		{"Munich", "Munich", "Bavaria", "DE"},
		{"MUENCHEN", "Munich", "Bavaria", "DE"},
		{"Munchen, Deutschland", "Munich", "Bavaria", "DE"},
		{"Cologne", "Köln", "North Rhine-Westphalia", "DE"},
		{"köln", "Köln", "North Rhine-Westphalia", "DE"},
		{"Sao Paulo, Brazil", "São Paulo", "São Paulo", "BR"},
		{"Wien", "Vienna", "Vienna", "AT"},
		{"Zürich, Schweiz", "Zürich", "Zurich", "CH"},
		{"東京", "Tokyo", "Tokyo", "JP"},
		{"Москва", "Moscow", "Moscow", "RU"},
		{"Bangalore", "Bengaluru", "Karnataka", "IN"},
		{"LA", "Los Angeles", "California", "US"},
		{"nyc", "New York City", "New York", "US"},
		{"Washington, D.C.", "Washington", "District of Columbia", "US"},
		{"RTP, NC, US", "Durham", "North Carolina", "US"},
		{"San Francisco Bay Area", "San Francisco", "California", "US"},
		{"Frankfurt", "Frankfurt am Main", "Hesse", "DE"},
		{"San Sebastián, Spain", "Donostia / San Sebastián", "Basque Country", "ES"},
		{"St Louis, MO", "St. Louis", "Missouri", "US"},
		{"Saint Louis, Missouri", "St. Louis", "Missouri", "US"},
		// Without commas, with postcodes, streets and chatter.
		{"Austin TX", "Austin", "Texas", "US"},
		{"New York NY USA", "New York City", "New York", "US"},
		{"10115 Berlin, Germany", "Berlin", "Berlin", "DE"},
		{"75001 Paris", "Paris", "Île-de-France", "FR"},
		{"12 Main Street, Springfield, IL", "Springfield", "Illinois", "US"},
		{"Greater London Area", "London", "England", "GB"},
		{"Western Queens, NY, US", "Queens", "New York", "US"},
		{"Hybrid - London", "London", "England", "GB"},
		{"Berlin (Germany)", "Berlin", "Berlin", "DE"},
		{"Ho Chi Minh City", "Ho Chi Minh City", "Ho Chi Minh City", "VN"},
		// Cities that are their country.
		{"Singapore", "Singapore", "", "SG"},
		// Regions and countries.
		{"US, CA", "", "California", "US"},
		{"California", "", "California", "US"},
		{"Ontario", "", "Ontario", "CA"},
		{"Bayern, Deutschland", "", "Bavaria", "DE"},
		{"England", "", "England", "GB"},
		{"Germany", "", "", "DE"},
		{"Deutschland", "", "", "DE"},
		{"UK", "", "", "GB"},
		{"U.S.A.", "", "", "US"},
		{"CA", "", "", "CA"},
		{"IN", "", "", "IN"},
		{"Georgia", "", "", "GE"},
		{"91401, CA, US", "", "California", "US"},
		// The city is not known, the rest is.
		{"Abernant, AL, US", "Abernant", "Alabama", "US"},
		{"46259  ACTON, IN, US", "ACTON", "Indiana", "US"},
		{"Walnut Hill, IL, US", "Walnut Hill", "Illinois", "US"},
		// From anywhere.
		{"Remote", "", "", ""},
		{"REMOTE", "", "", ""},
		{"Work from home", "", "", ""},
		{"Remote - Europe", "", "", ""},
		{"Remote, Germany", "", "", "DE"},
		{"Remote (US only)", "", "", "US"},
	} {
		t.Run(test.text, func(t *testing.T) {
			p, ok := Resolve(test.text)
			if !ok {
				t.Fatal("not understood")
			}
			if p.City != test.city || p.Region != test.region || p.Country != test.country {
				t.Errorf("got %q, %q, %q; want %q, %q, %q", p.City, p.Region, p.Country, test.city, test.region, test.country)
			}
			if p.Name == "" {
				t.Error("no name to show")
			}
		})
	}
}

func TestResolveRefusesWhatIsNoPlace(t *testing.T) {
	for _, text := range []string{"", "   ", " , ,", "-", "qwertzuiop", "12345", "???", "\xff\xfe", strings.Repeat("a, ", 5000)} {
		if p, ok := Resolve(text); ok {
			t.Errorf("%.20q is taken for %q", text, p.Name)
		}
	}
}

func TestResolveGivesCoordinatesOfCitiesOnly(t *testing.T) {
	lyon, _ := Resolve("Lyon")
	if math.Abs(lyon.Lat-45.7640) > 0.03 || math.Abs(lyon.Lon-4.8357) > 0.04 { // about 3 km
		t.Errorf("Lyon lies at %f, %f", lyon.Lat, lyon.Lon)
	}
	if !lyon.HasPoint() || lyon.Population < 400_000 {
		t.Errorf("Lyon has no point or too few people: %+v", lyon)
	}
	for _, text := range []string{"Germany", "US, CA", "Remote", "Abernant, AL, US"} {
		if p, _ := Resolve(text); p.HasPoint() || p.Population != 0 {
			t.Errorf("%s has a point or people: %+v", text, p)
		}
	}
}

func TestResolveShowsNamesWithoutRepeating(t *testing.T) {
	for text, name := range map[string]string{
		"Lyon":            "Lyon, Auvergne-Rhône-Alpes, France",
		"Berlin":          "Berlin, Germany",
		"Singapore":       "Singapore",
		"Texas":           "Texas, United States",
		"GB":              "United Kingdom",
		"Remote":          "Remote",
		"Remote, Germany": "Remote, Germany",
		"Foo, AL, US":     "Foo, Alabama, United States",
	} {
		if p, _ := Resolve(text); p.Name != name {
			t.Errorf("%s is shown as %q, want %q", text, p.Name, name)
		}
	}
}

func TestResolveUnderstandsItsOwnNames(t *testing.T) {
	a := theAtlas()
	tried, same := 0, 0
	for city := 0; city < len(a.owners); city += 29 {
		if a.regionOf(city) < 0 {
			continue
		}
		p := a.place(city, a.regionOf(city), a.countryOf(city))
		tried++
		// Two villages of one name in one region: the bigger one answers.
		if got, ok := Resolve(p.Name); ok && got.Name == p.Name && got.Population >= p.Population {
			same++
		} else if p.Population > 100_000 {
			t.Errorf("%s is read as %s", p.Name, got.Name)
		}
	}
	if share := float64(same) / float64(tried); share < 0.99 {
		t.Errorf("only %.2f %% of %d names are read as the city they name", 100*share, tried)
	}
}

func TestResolveRealPostings(t *testing.T) {
	file, err := os.Open("../../../shared/data/jobs-real.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the real postings are not here")
	} else if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	var written, resolved, cities, points int
	for lines.Scan() {
		var job struct{ Location string }
		if err := json.Unmarshal(lines.Bytes(), &job); err != nil {
			t.Fatal(err)
		}
		if job.Location == "" {
			continue
		}
		written++
		p, ok := Resolve(job.Location)
		if !ok || !ValidCountry(p.Country) {
			t.Errorf("%q is not understood", job.Location)
			continue
		}
		resolved++
		if strings.Count(job.Location, ",") == 2 {
			cities++
			if p.HasPoint() {
				points++
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	share := func(part, whole int) float64 { return 100 * float64(part) / float64(max(whole, 1)) }
	t.Logf("%d of %d places understood (%.1f %%); %d of %d cities found with coordinates (%.1f %%)",
		resolved, written, share(resolved, written), points, cities, share(points, cities))
	if share(resolved, written) < 99 || share(points, cities) < 95 {
		t.Error("fewer than before: 99 % understood, 95 % of the cities found")
	}
}

func FuzzResolve(f *testing.F) {
	for _, text := range []string{
		"Lyon", "US, NY, New York", "NZ, , Auckland", "Remote (US only)", "Halle (Saale)", "a b c d e f, 1/2 - 3", "D.C. U.S.A.",
		"München\xff", "İstanbul ß ﬁ", "東京、日本",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, ok := Resolve(text)
		if ok != (p != Place{}) {
			t.Fatalf("ok is %v but the place %+v", ok, p)
		}
		if !ok {
			return
		}
		if p.Name == "" || !utf8.ValidString(p.Name) || !utf8.ValidString(p.City) || (p.Country != "" && !ValidCountry(p.Country)) {
			t.Fatalf("%q gives %+v", text, p)
		}
		if p.Lat < -90 || p.Lat > 90 || p.Lon < -180 || p.Lon > 180 {
			t.Fatalf("%q lies at %v, %v", text, p.Lat, p.Lon)
		}
	})
}

func BenchmarkResolve(b *testing.B) {
	for _, text := range []string{
		"Lyon", "New York, NY, US", "Austin TX", "12 Main Street, Springfield, IL", "San Antonio, San Antonio, 01, 02",
		"qwertzuiop asdf yxcv",
	} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Resolve(text)
			}
		})
	}
}
