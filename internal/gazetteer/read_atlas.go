package gazetteer

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
)

func readAtlas() (*atlas, error) {
	lines, err := open()
	if err != nil {
		return nil, err
	}
	book, err := readCountrySection(lines)
	if err != nil {
		return nil, err
	}
	a := &atlas{book: book, countries: book.list}
	if err := a.readRegions(lines); err != nil {
		return nil, err
	}
	if err := a.readCities(lines); err != nil {
		return nil, err
	}
	if err := a.readNicknames(); err != nil {
		return nil, err
	}
	a.setFirstWords()
	return a, nil
}

func (a *atlas) readRegions(lines *bufio.Scanner) error {
	var regionKeys keyTableBuilder
	err := eachRow(lines, "regions", 4, func(row int, c []string) error {
		owner, ok := a.book.byCode[c[0]]
		if !ok {
			return fmt.Errorf("unknown country %q", c[0])
		}
		a.regions = append(a.regions, region{country: owner, name: strings.Clone(c[2])})
		regionKeys.add(c[2], uint32(row))
		for alias := range strings.SplitSeq(c[3], "|") {
			regionKeys.add(alias, uint32(row))
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.regionKeys = regionKeys.build()
	return nil
}

func (a *atlas) readCities(lines *bufio.Scanner) error {
	var cityKeys keyTableBuilder
	var names strings.Builder
	err := eachRow(lines, "cities", 6, func(row int, c []string) error {
		var numbers [4]int
		for i, text := range c[1:5] {
			n, err := strconv.Atoi(text)
			if err != nil {
				return err
			}
			numbers[i] = n
		}
		owner, population := numbers[0], numbers[3]
		if owner >= len(a.regions) || -owner > len(a.countries) {
			return fmt.Errorf("unknown region %d", owner)
		}
		names.WriteString(c[0])
		a.nameEnds = append(a.nameEnds, uint32(names.Len()))
		a.owners = append(a.owners, int16(owner))
		a.lats = append(a.lats, int32(numbers[1]))
		a.lons = append(a.lons, int32(numbers[2]))
		a.populations = append(a.populations, uint32(population))
		a.countries[a.countryOf(row)].population += float64(population)
		if owner >= 0 {
			a.regions[owner].population += float64(population)
		}
		cityKeys.add(c[0], uint32(row)*2)
		if first, second, two := strings.Cut(c[0], "/"); two { // "Donostia / San Sebastián", "Biel/Bienne"
			cityKeys.add(first, uint32(row)*2)
			cityKeys.add(second, uint32(row)*2)
		}
		if c[5] != "" {
			for alias := range strings.SplitSeq(c[5], "|") {
				cityKeys.add(alias, uint32(row)*2+1)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.names = names.String()
	a.cityKeys = cityKeys.build()
	return nil
}

// readNicknames needs the cities' table, since nicknames point to cities by name.
func (a *atlas) readNicknames() error {
	var nicknameKeys keyTableBuilder
	for line := range strings.Lines(nicknames) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		nickname, full, _ := strings.Cut(line, "\t")
		found, ok := a.match(splitParts(full, false))
		if !ok || found.city < 0 {
			return fmt.Errorf("nickname %q: no city %q", nickname, full)
		}
		nicknameKeys.add(nickname, uint32(found.city)*2)
	}
	a.nicknameKeys = nicknameKeys.build()
	return nil
}
