package gazetteer

import (
	_ "embed"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the zones' rules, for machines without a time zone database
)

//go:embed zones.tsv
var zonesTSV string

// zones holds an IANA zone by country and region, "DE\t" or "US\tTexas".
var zones = sync.OnceValue(func() map[string]string {
	byPlace := map[string]string{}
	for line := range strings.Lines(zonesTSV) {
		if i := strings.LastIndexByte(line, '\t'); i >= 0 {
			byPlace[line[:i]] = strings.TrimSpace(line[i+1:])
		}
	}
	return byPlace
})

// TimeZone returns the time zone in which most people of the region live, or of the country where the region is unknown or
// empty. It returns nil for an unknown country. country is an ISO 3166-1 alpha-2 code, region a name as in [Place].
func TimeZone(country, region string) *time.Location {
	name, ok := zones()[country+"\t"+region]
	if !ok {
		name = zones()[country+"\t"]
	}
	if name == "" {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
}
