package meaning

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"jobboard/internal/search/text"
)

var testValues = map[string][]string{
	"jobType":         {"full_time", "part_time", "contract", "temporary", "internship", "volunteer"},
	"workplace":       {"on_site", "hybrid", "remote"},
	"experienceLevel": {"internship", "entry", "mid", "senior", "lead", "executive"},
	"openToWork":      {"true"},
}

var jobFields = map[string]bool{"jobType": true, "workplace": true, "experienceLevel": true, FieldLocation: true, FieldSalary: true,
	FieldEmployer: true}

type testBoard struct{}

func (testBoard) Employers(key string) ([]string, string) {
	for _, name := range []string{"Food52, Inc.", "Stack Exchange", "Texas Roadhouse", "90 Seconds", "Nurse Inc.", "Remote", "HR"} {
		if NameKey(name) == key {
			return []string{strings.ReplaceAll(key, " ", "-")}, name
		}
	}
	return nil, ""
}

func (testBoard) EmployerWords(string) int { return maxEmployerWords }

func (testBoard) InTitles(word string) bool { return word == "nurse" }
func (testBoard) HasSynonyms(word string) bool {
	return slices.Contains([]string{"hr", "it", "dev", "pr", "qa"}, word)
}

func testVocabulary(t testing.TB, own string) *Vocabulary {
	v, wrong := NewVocabulary(own, testValues)
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	return v
}

// interpret returns the words that remain, and then "field=label" for each filter.
func interpret(v *Vocabulary, q string, fields map[string]bool) string {
	all := Interpret(q, v.Read(q, testBoard{}, fields))
	out := []string{all.Text}
	for _, f := range all.Filters {
		label := f.Label
		if f.Field != FieldLocation {
			label = f.Value
		}
		out = append(out, f.Field+"="+label)
	}
	return strings.Join(out, " | ")
}

// The built-in lines are valid.
func TestBuiltInVocabulary(t *testing.T) {
	v := &Vocabulary{senses: map[string]*sense{}, begins: map[string]int{}, values: testValues}
	if wrong := text.ReadList(builtIn, v.readLine); len(wrong) > 0 {
		t.Error(wrong)
	}
}

func TestTextsAreUnderstood(t *testing.T) {
	t.Parallel()
	const london, texas = "location=London, England, United Kingdom", "location=Texas, United States"
	v := testVocabulary(t, "")
	for q, want := range map[string]string{
		// places
		"accountant london":               "accountant | " + london,
		"london accountant":               "accountant | " + london,
		"accountant, London":              "accountant | " + london,
		"london uk":                       " | " + london,
		"receptionist LA":                 "receptionist | location=Los Angeles, California, United States",
		"receptionist la":                 "receptionist | location=Los Angeles, California, United States",
		"los angeles ca":                  " | location=Los Angeles, California, United States",
		"engineer san jose ca":            "engineer | location=San Jose, California, United States",
		"texas":                           " | " + texas,
		"TX nurse":                        "nurse | " + texas,
		"RECEPTIONIST TEXAS":              "RECEPTIONIST | " + texas,
		"NYC":                             " | location=New York City, New York, United States",
		"new york, new york":              " | location=New York City, New York, United States",
		"usa":                             " | location=United States",
		"australia part time":             " | location=Australia | jobType=part_time",
		"athens greece":                   " | location=Athens, Attica, Greece",
		"washington":                      " | location=Washington, District of Columbia, United States",
		"washington dc":                   " | location=Washington, District of Columbia, United States",
		"st. louis nurse":                 "nurse | location=St. Louis, Missouri, United States",
		"winston-salem":                   " | location=Winston-Salem, North Carolina, United States",
		"frankfurt am main":               " | location=Frankfurt am Main, Hesse, Germany",
		"köln":                            " | location=Köln, North Rhine-Westphalia, Germany",
		"teilzeit münchen":                " | jobType=part_time | location=Munich, Bavaria, Germany",
		"praktikum wien":                  " | jobType=internship | location=Vienna, Austria",
		"télétravail lyon":                " | workplace=remote | location=Lyon, Auvergne-Rhône-Alpes, France",
		"東京 エンジニア":                        "エンジニア | location=Tokyo, Japan",
		"go developer in berlin":          "go developer | location=Berlin, Germany",
		"remote in germany":               " | workplace=remote | location=Germany",
		"nurse CA":                        "nurse | location=California, United States",
		"jobs in ca":                      " | location=California, United States",
		"portland or seattle":             "or | location=Portland, Oregon, United States | location=Seattle, Washington, United States",
		"portland, ME":                    " | location=Portland, Maine, United States",
		"near san francisco":              " | location=50 km of San Francisco, California, United States",
		"engineer bay area":               "engineer | location=San Francisco, California, United States",
		"chicago area":                    " | location=50 km of Chicago, Illinois, United States",
		"in downtown chicago":             " | location=Chicago, Illinois, United States",
		"20 km from lyon":                 " | location=20 km of Lyon, Auvergne-Rhône-Alpes, France",
		"cook within 20 miles of houston": "cook | location=32 km of Houston, Texas, United States",
		"nurse near me":                   "nurse",
		// names that mean a place only beside other words
		"mobile developer in mobile": "mobile developer | location=Mobile, Alabama, United States",
		"reading teacher":            "reading teacher",
		"jobs in reading":            " | location=Reading, England, United Kingdom",
		"reading uk":                 " | location=Reading, England, United Kingdom",
		"chef in nice":               "chef | location=Nice, Provence-Alpes-Côte d'Azur, France",
		"phoenix":                    " | location=Phoenix, Arizona, United States",
		"paris texas":                " | location=Paris, Texas, United States",
		// workplaces, job types, levels
		"remote accountant":         "accountant | workplace=remote",
		"data entry work from home": "data entry | workplace=remote",
		"hybrid on-site":            " | workplace=hybrid | workplace=on_site",
		"intern":                    " | jobType=internship",
		"summer intern":             " | jobType=internship",
		"full-time/part-time":       " | jobType=full_time | jobType=part_time",
		"no experience":             " | experienceLevel=entry",
		"sr java developer":         "java developer | experienceLevel=senior",
		"graduate jobs":             " | experienceLevel=entry",
		// pay
		"50k": " | salaryMin=50000", "$100k": " | salaryMin=100000", "100k+": " | salaryMin=100000", "80-100k nurse": "nurse | salaryMin=80000",
		"admin assistant $20/hr": "admin assistant | salaryMin=41600", "20€/h": " | salaryMin=41600", "£40,000": " | salaryMin=40000",
		"over 60000": " | salaryMin=60000", "salary 45.000 €": " | salaryMin=45000",
		"500 a day contract": " | salaryMin=130000 | jobType=contract",
		// employers
		"food52": " | employer=food52", "stack exchange": " | employer=stack-exchange", "90 seconds": " | employer=90-seconds",
		"texas roadhouse server": "server | employer=texas-roadhouse",
		"cook at Food52":         "cook at | employer=food52",
		// filler
		"hotel jobs london": "hotel | " + london,
		"i am looking for a receptionist job in chicago": "a receptionist | location=Chicago, Illinois, United States",
	} {
		if got := interpret(v, q, jobFields); got != want {
			t.Errorf("%s: %q, want %q", q, got, want)
		}
	}
}

func TestExpressionsOfAValue(t *testing.T) {
	t.Parallel()
	var got []string
	for _, words := range testVocabulary(t, "workplace=remote: anywhere you like").Expressions("workplace", "remote") {
		got = append(got, strings.Join(words, " "))
	}
	for _, want := range []string{"remote", "work from home", "homeoffice", "anywhere you like"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
	if slices.Contains(got, "fully remote") {
		t.Error(`who looks for "remote" finds "fully remote" too`)
	}
}

func TestWordsThatMeanThemselves(t *testing.T) {
	t.Parallel()
	v := testVocabulary(t, "")
	for _, q := range []string{
		"mobile", "nice", "bath", "orange", "split", "sales", "sales manager", "nurse", "driver", "of", "go", "java", "python", "oracle",
		"salesforce", "delphi", "cork", "phoenix framework", "victoria's secret", "mobile developer", "male nurse", "van driver", "deli clerk",
		"tyre fitter", "chinese teacher", "german speaking", "developer in java", "jobs", "hiring jobs", "teacher in training", "hr", "HR",
		"IT support", "QA", "RN", "VP", "UX", "CAD", "PR", "pa", "PA", "go", "SAP consultant", "physician assistant", "in", "or", "me",
		"international", "internal medicine", "contract manager", "remote sensing engineer", "senior living", "home office", "office 365",
		"365", "web3", "401k", "5 years", "24/7", "9 to 5", "3 days", "10k steps", "2 bedrooms", "$5", "co founder", "e-commerce", "c++",
		"c# .net", "node.js", "AT&T", "R&D", "front-end", "real estate", "human resources", "executive assistant", "account executive",
	} {
		if q == "home office" { // the workplace
			continue
		}
		if got := interpret(v, q, jobFields); got != q {
			t.Errorf("%s: %q", q, got)
		}
	}
}

func TestQuotedWordsAreNotUnderstood(t *testing.T) {
	t.Parallel()
	v := testVocabulary(t, "")
	for q, want := range map[string]string{
		`"texas"`:                   `"texas"`,
		`nurse "texas" part time`:   `nurse "texas" | jobType=part_time`,
		`nurse "in texas part time`: `nurse "in texas part time`,
		`part "of" time`:            `part "of" time`,
	} {
		if got := interpret(v, q, jobFields); got != want {
			t.Errorf("%s: %q, want %q", q, got, want)
		}
	}
}

// Every filter says how to search for its words instead; that text has this filter no more, and all others.
func TestWayBackToPlainText(t *testing.T) {
	t.Parallel()
	v := testVocabulary(t, "")
	for _, q := range []string{"senior nurse near houston part time 50k", "remote", "cook at Food52 in texas", "$100k, London"} {
		filters := Interpret(q, v.Read(q, testBoard{}, jobFields)).Filters
		if len(filters) == 0 {
			t.Errorf("%s: nothing understood", q)
		}
		for i, f := range filters {
			var want, got []string
			for j, other := range filters {
				if j != i {
					want = append(want, other.Field+"="+other.Value)
				}
			}
			for _, other := range Interpret(f.Plain, v.Read(f.Plain, testBoard{}, jobFields)).Filters {
				got = append(got, other.Field+"="+other.Value)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s without %s: %s has %v, want %v", q, f.Words, f.Plain, got, want)
			}
		}
	}
	got := Interpret("nurse near houston", v.Read("nurse near houston", testBoard{}, jobFields)).Filters
	want := Filter{Field: FieldLocation, Value: "50 km of Houston, Texas, United States", Label: "50 km of Houston, Texas, United States",
		Words: "near houston", Plain: `nurse "houston"`, Place: "Houston, Texas, United States", Radius: 50}
	if len(got) != 1 || got[0] != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for q, open := range map[string]bool{"50k": false, "$20/hr": false, "40-50k": false, "50k+": true, "over 60000": true, "$20/hr+": true} {
		if parts := v.Read(q, testBoard{}, jobFields); len(parts) != 1 || parts[0].Open != open {
			t.Errorf("%s: %+v, want open %v", q, parts, open)
		}
	}
	got = Interpret("nurse $50k", v.Read("nurse $50k", testBoard{}, jobFields)).Filters
	want = Filter{Field: FieldSalary, Value: "50000", Label: "from 50,000 USD", Words: "$50k", Plain: `nurse "$50k"`, Currency: "USD"}
	if len(got) != 1 || got[0] != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestFieldsThatMayNotBeUnderstood(t *testing.T) {
	t.Parallel()
	v := testVocabulary(t, "")
	const q = "part time nurse in texas 50k remote open to work"
	want := "part time nurse in texas 50k open to work | workplace=remote"
	if got := interpret(v, q, map[string]bool{"workplace": true}); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := interpret(v, q, nil); got != q {
		t.Errorf("%q", got)
	}
}

func TestOwnVocabulary(t *testing.T) {
	t.Parallel()
	v := testVocabulary(t, "jobType=temporary: christmas help\nworkplace=remote anywhere: my sofa\n! freelance\nnever: london\n# nothing\n")
	for q, want := range map[string]string{
		"christmas help":       " | jobType=temporary",
		"from my sofa":         "from | workplace=remote",
		"freelance writer":     "freelance writer",
		"freelancer":           " | jobType=contract",
		"accountant in london": "accountant in london",
	} {
		if got := interpret(v, q, jobFields); got != want {
			t.Errorf("%s: %q, want %q", q, got, want)
		}
	}
	if parts := v.Read("my sofa", testBoard{}, jobFields); len(parts) != 1 || !parts[0].Anywhere {
		t.Errorf("%+v", parts)
	}
	_, wrong := NewVocabulary("jobType=some: a\nplace: x\nwords\nfiller: ,\nwords: a b c d e f\nwords: fine", testValues)
	if len(wrong) != 5 || !strings.HasPrefix(wrong[0].Error(), "line 1: jobType has the values full_time, ") {
		t.Errorf("%d errors: %v", len(wrong), wrong)
	}
}

func FuzzRead(f *testing.F) {
	v := testVocabulary(f, "")
	for _, q := range []string{"nurse in texas", "$20/hr \u0301 'x", `"a`, "St. Louis, MO,USA", "20-30k €+",
		"\xff\xfe near 5km of x", "東京\u200b北京"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		parts := v.Read(q, testBoard{}, jobFields)
		at := 0
		for _, p := range parts {
			if p.Start < at || p.End <= p.Start || p.End > len(q) || p.lead > p.Start {
				t.Fatalf("%q: part from %d to %d, after %d", q, p.Start, p.End, at)
			}
			if utf8.ValidString(q) && !utf8.ValidString(q[p.Start:p.End]) {
				t.Fatalf("%q: part %q", q, q[p.Start:p.End])
			}
			if strings.Contains(q[p.Start:p.End], `"`) {
				t.Fatalf("%q: quoted part %q", q, q[p.Start:p.End])
			}
			at = p.End
		}
		Interpret(q, parts)
	})
}

func BenchmarkRead(b *testing.B) {
	v := testVocabulary(b, "")
	for name, q := range map[string]string{
		"short": "accountant london",
		"long":  "i am looking for a senior java developer job with spring and hibernate near new york city part time 50k",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				v.Read(q, testBoard{}, jobFields)
			}
		})
	}
}
