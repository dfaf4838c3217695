package text

import (
	"strings"
	"testing"
)

func TestRole(t *testing.T) {
	for title, want := range map[string]string{
		"Registered Nurse":                           "Registered Nurse",
		"(Work from Home) $20/hr":                    "",
		"URGENT: Night Nurse (m/f) - $30/hr":         "Night Nurse",
		"Engineering Senior Supervisor, Livonia, MI": "Engineering Senior Supervisor",
		"Home Based Typist (Full/Part Time)":         "Home Based Typist",
		"Personal Assistant Part Time..$300 Weekly":  "Personal Assistant Part Time",
		"Sales Rep Needed $$$$$$$$$$$":               "Sales Rep",
		"Customer Service Rep.":                      "Customer Service Rep",
		"Data Entry/ Administrative Assistant":       "Data Entry",
		"Application Developer - .NET/Java":          "Application Developer",
		"C++ Developer":                              "C++ Developer",
		"Senior C#":                                  "Senior C#",
		"Full-stack JavaScript Software Developer":   "Full-stack JavaScript Software Developer",
		"Pflegefachkraft m/w/d":                      "Pflegefachkraft",
		"Accountant in London":                       "Accountant",
		"$$$ 123":                                    "",
		"":                                           "",
		"Immediate Staff Needed For Cash Positions.": "Staff",
		"B2 4RN Business Admin Apprenticeship Under NAS 16-18 Year Olds Only": "",
	} {
		if got := Role(title); got != want {
			t.Errorf("Role(%q) = %q, want %q", title, got, want)
		}
	}
}

func FuzzRole(f *testing.F) {
	f.Add("URGENT: Night Nurse (m/f) - $30/hr")
	f.Fuzz(func(t *testing.T, title string) {
		role := Role(title)
		if n := len(strings.Fields(role)); n > maxRoleWords {
			t.Errorf("Role(%q) has %d words: %q", title, n, role)
		}
	})
}
