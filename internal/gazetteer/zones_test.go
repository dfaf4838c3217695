package gazetteer

import (
	"strings"
	"testing"
	"time"
)

func TestTimeZone(t *testing.T) {
	for _, c := range []struct{ country, region, want string }{
		{"DE", "Berlin", "Europe/Berlin"},
		{"US", "New York", "America/New_York"},
		{"US", "Texas", "America/Chicago"},
		{"US", "", "America/New_York"},
		{"AU", "Western Australia", "Australia/Perth"},
		{"AU", "Nowhere", "Australia/Sydney"},
		{"", "", ""},
		{"XX", "", ""},
	} {
		got := ""
		if zone := TimeZone(c.country, c.region); zone != nil {
			got = zone.String()
		}
		if got != c.want {
			t.Errorf("TimeZone(%q, %q) = %q, want %q", c.country, c.region, got, c.want)
		}
	}
}

func TestEveryZoneIsKnownToGo(t *testing.T) {
	for line := range strings.Lines(zonesTSV) {
		columns := strings.Split(strings.TrimSpace(line), "\t")
		if _, err := time.LoadLocation(columns[len(columns)-1]); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}
