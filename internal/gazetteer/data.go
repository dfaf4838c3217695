package gazetteer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

//go:embed places.tsv.gz
var packed []byte

//go:embed nicknames.tsv
var nicknames string

type country struct {
	code, alpha3, name string
	population         float64 // sum over its cities
}

type region struct {
	country    int
	name       string
	population float64
}

// atlas is everything known, read once from the embedded file and never changed after.
type atlas struct {
	book         *countryBook
	countries    []country
	regions      []region
	regionKeys   keyTable
	names        string   // the cities' names, one after another
	nameEnds     []uint32 // where each ends
	lats, lons   []int32  // thousandths of a degree
	populations  []uint32
	owners       []int16                         // region number, or -1-country number where no region is known
	cityKeys     keyTable                        // refs are city number * 2, + 1 for names in other languages and old names
	nicknameKeys keyTable                        // the same, for nicknames.tsv
	firstWords   [1 << firstWordBits / 64]uint64 // hashes of the first words of all keys
}

// firstWordBits is the size of the hashes of firstWords. Of the words that begin no name a tenth are not told apart.
const firstWordBits = 20

func hashOfFirstWord(key string) uint32 {
	hash := uint32(2166136261) // FNV-1a
	for i := 0; i < len(key) && key[i] != ' '; i++ {
		hash = (hash ^ uint32(key[i])) * 16777619
	}
	return (hash ^ hash>>firstWordBits) & (1<<firstWordBits - 1)
}

// begins reports whether a name may begin with the first word of a key. Most words of most texts begin none.
func (a *atlas) begins(key string) bool {
	hash := hashOfFirstWord(key)
	return key != "" && (len(key) == 2 || a.firstWords[hash/64]&(1<<(hash%64)) != 0)
}

// setFirstWords must be called when all keys are known.
func (a *atlas) setFirstWords() {
	add := func(key string) {
		hash := hashOfFirstWord(key)
		a.firstWords[hash/64] |= 1 << (hash % 64)
	}
	for _, table := range []*keyTable{&a.regionKeys, &a.cityKeys, &a.nicknameKeys} {
		for i := range table.ends {
			add(table.key(i))
		}
	}
	for key := range a.book.byKey {
		add(key)
	}
}

// countryBook is read on its own: codes are checked on every save of a job, places less often.
type countryBook struct {
	list       []country
	byCode     map[string]int  // alpha-2
	byKey      map[string]int  // folded names and alpha-3 codes
	beginnings map[string]bool // of the keys of several words, word by word
}

// The embedded file is part of the program and covered by tests, so a fault in it is a fault of the build.
var (
	theCountries = sync.OnceValue(func() *countryBook { return must(readCountries()) })
	theAtlas     = sync.OnceValue(func() *atlas { return must(readAtlas()) })
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(fmt.Errorf("gazetteer: the embedded data is damaged: %w", err))
	}
	return value
}

// section reads the heading "#name count" and returns count.
func section(lines *bufio.Scanner, name string) (int, error) {
	if !lines.Scan() {
		return 0, fmt.Errorf("section %s: %w", name, io.ErrUnexpectedEOF)
	}
	count, ok := strings.CutPrefix(lines.Text(), "#"+name+" ")
	if !ok {
		return 0, fmt.Errorf("section %s expected, found %q", name, lines.Text())
	}
	return strconv.Atoi(count)
}

// eachRow calls read with the columns of each of a section's rows; they are valid during the call only.
func eachRow(lines *bufio.Scanner, name string, columns int, read func(row int, columns []string) error) error {
	count, err := section(lines, name)
	if err != nil {
		return err
	}
	for row := range count {
		if !lines.Scan() {
			return fmt.Errorf("%s row %d: %w", name, row, io.ErrUnexpectedEOF)
		}
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) != columns {
			return fmt.Errorf("%s row %d has %d columns, not %d", name, row, len(fields), columns)
		}
		if err := read(row, fields); err != nil {
			return fmt.Errorf("%s row %d: %w", name, row, err)
		}
	}
	return lines.Err()
}

func open() (*bufio.Scanner, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(unpacked)
	lines.Buffer(make([]byte, 64<<10), 1<<20)
	return lines, nil
}

func readCountries() (*countryBook, error) {
	lines, err := open()
	if err != nil {
		return nil, err
	}
	return readCountrySection(lines)
}

func readCountrySection(lines *bufio.Scanner) (*countryBook, error) {
	book := &countryBook{byCode: map[string]int{}, byKey: map[string]int{}, beginnings: map[string]bool{}}
	aliases := map[int][]string{}
	err := eachRow(lines, "countries", 4, func(row int, c []string) error {
		book.list = append(book.list, country{code: strings.Clone(c[0]), alpha3: strings.Clone(c[1]), name: strings.Clone(c[2])})
		book.byCode[book.list[row].code] = row
		book.byKey[fold(c[1])] = row
		aliases[row] = strings.Split(c[3], "|")
		return nil
	})
	if err != nil {
		return nil, err
	}
	// English names first: no other language's word may take one away.
	for row, c := range book.list {
		book.byKey[fold(c.name)] = row
	}
	for row := range book.list {
		for _, alias := range aliases[row] {
			if key := fold(alias); key != "" {
				if _, taken := book.byKey[key]; !taken {
					book.byKey[key] = row
				}
			}
		}
	}
	for alias, code := range countryNicknames {
		book.byKey[alias] = book.byCode[code]
	}
	for key := range book.byKey {
		for i := range len(key) {
			if key[i] == ' ' {
				book.beginnings[key[:i]] = true
			}
		}
	}
	return book, nil
}

// cityName returns the name of a city by number.
func (a *atlas) cityName(city int) string {
	start := uint32(0)
	if city > 0 {
		start = a.nameEnds[city-1]
	}
	return a.names[start:a.nameEnds[city]]
}

// regionOf returns the number of a city's region, or -1.
func (a *atlas) regionOf(city int) int { return max(int(a.owners[city]), -1) }

func (a *atlas) countryOf(city int) int {
	if owner := int(a.owners[city]); owner < 0 {
		return -owner - 1
	}
	return a.regions[a.owners[city]].country
}

// place describes a city, region or country by number; -1 where there is none.
func (a *atlas) place(city, region, country int) Place {
	var p Place
	if country >= 0 {
		p.Country = a.countries[country].code
	}
	if region >= 0 {
		p.Region = a.regions[region].name
	}
	if city >= 0 {
		p.City = a.cityName(city)
		p.Lat, p.Lon = float64(a.lats[city])/1000, float64(a.lons[city])/1000
		p.Population = int(a.populations[city])
	}
	p.Name = a.displayName(p, country)
	return p
}

// displayName joins city, region and country, leaving out what only repeats ("Berlin, Germany", "Singapore").
func (a *atlas) displayName(p Place, country int) string {
	names := make([]string, 0, 3)
	for _, name := range []string{p.City, p.Region} {
		if name != "" && (len(names) == 0 || fold(names[len(names)-1]) != fold(name)) {
			names = append(names, name)
		}
	}
	if country >= 0 {
		if name := a.countries[country].name; len(names) == 0 || fold(names[len(names)-1]) != fold(name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
