package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSuggestionsAreRolesAndForgiveOneTypo(t *testing.T) {
	ix := NewMemory(newAnalyzer(t))
	var docs []Document
	for i, title := range []string{"Software Engineer", "Software Engineer - London", "Software engineer (m/f/d)",
		"Senior Software Engineer, $90k",
		"Software Wizard", "Registered Nurse", "Registered Nurse", "Registered Nurse", "Registered Nurse", "Registered Nurse", "Nurse Poet",
		"$20/hr - Work from Home", "URGENT!!! Nurse Poet"} {
		docs = append(docs, Document{ID: fmt.Sprint(i), Title: title, Years: -1})
	}
	must(t, ix.Apply(Batch{Put: docs}))
	for typed, want := range map[string]string{
		"software":       "Software Engineer,Software Wizard,Senior Software Engineer",
		"nurse":          "Nurse Poet,Registered Nurse",
		"nur":            "Nurse Poet,Registered Nurse",
		"softwre":        "Software Engineer,Software Wizard,Senior Software Engineer",
		"sotfware eng":   "Software Engineer,Senior Software Engineer",
		"softwaare engi": "Software Engineer,Senior Software Engineer",
		"registred nu":   "Registered Nurse",
		"hr":             "",
		"london":         "",
		"zoftware":       "", // the first letter is taken as it is
		"sofd":           "Software Engineer,Software Wizard,Senior Software Engineer",
		"sxx":            "",
	} {
		if got := strings.Join(ix.Suggest(typed, Everything(), 3).Titles, ","); got != want {
			t.Errorf("%q: %s; want %s", typed, got, want)
		}
	}
}

func TestBeginsNearly(t *testing.T) {
	for _, c := range []struct {
		word, typed   string
		prefix, whole bool
	}{
		{"nurse", "nurse", true, true}, {"nursery", "nurse", true, false}, {"nurse", "nusre", true, true}, {"nurse", "nurrse", true, true},
		{"nurse", "nuse", true, true}, {"nurse", "nurze", true, true}, {"nurse", "nurses", true, true}, {"nurse", "nurs", true, true},
		{"nurse", "nuresx", false, false}, {"nu", "nurse", false, false}, {"nursing", "nurse", true, false}, {"", "", true, true},
	} {
		if got := beginsNearly(c.word, c.typed, true); got != c.prefix {
			t.Errorf("%s begins nearly with %s: %v", c.word, c.typed, got)
		}
		if got := beginsNearly(c.word, c.typed, false); got != c.whole {
			t.Errorf("%s is nearly %s: %v", c.word, c.typed, got)
		}
	}
}

func TestSuggest(t *testing.T) {
	ix := NewMemory(newAnalyzer(t))
	put := func(id, status, title, company string, skills ...string) Document {
		return Document{ID: id, Title: title, Company: company, Skills: skills, Body: "<p>Gopher wanted</p>", Years: -1,
			Values: map[string][]string{"status": {status}, "skills": skills}}
	}
	batches := [][]Document{
		{put("1", "published", "Go Developer", "Gopher Works", "go", "machine learning"),
			put("2", "published", "GO Developer", "Acme", "go"),
			put("3", "published", "Senior Go Developer", "Acme", "golf course design"),
			put("4", "draft", "Golem Maker", "Golem Ltd", "golem")},
		{put("5", "published", "Go Developer", "Café Gogol", "learning by doing"), put("6", "published", "Göteborg Guide", "Acme")},
		{put("4", "draft", "Golem Maker", "Golem Ltd", "golem")}, // again, so that one is deleted
	}
	for _, docs := range batches {
		if err := ix.Apply(Batch{Put: docs}); err != nil {
			t.Fatal(err)
		}
	}
	published := Scope{Rules: []ScopeRule{{Values: map[string][]string{"status": {"published"}}}}}
	for typed, want := range map[string]string{
		"go":      "Go Developer,Göteborg Guide,Senior Go Developer; go,golf course design; Gopher Works,Café Gogol",
		"GO dev":  "Go Developer,Senior Go Developer; ; ",
		"dev go":  "; ; ",
		"dev":     "Go Developer,Senior Go Developer; ; ",
		"gote":    "Göteborg Guide; ; ",
		"learn":   "; learning by doing,machine learning; ",
		"cafe":    "; ; Café Gogol",
		"golem":   "; ; ",
		"wanted":  "; ; ",
		"":        "; ; ",
		"\x1f!?":  "; ; ",
		"go go g": "Go Developer,Senior Go Developer; ; ",
	} {
		s := ix.Suggest(typed, published, 3)
		got := strings.Join([]string{strings.Join(s.Titles, ","), strings.Join(s.Skills, ","), strings.Join(s.Companies, ",")}, "; ")
		if got != want {
			t.Errorf("%q: %s; want %s", typed, got, want)
		}
	}
	s := ix.Suggest("golem", Everything(), 3)
	if !slices.Equal(s.Titles, []string{"Golem Maker"}) || !slices.Equal(s.Skills, []string{"golem"}) {
		t.Errorf("with the scope of all documents, suggested %v", s)
	}
	if s := ix.Suggest("go", Scope{}, 3); len(s.Titles)+len(s.Skills)+len(s.Companies) > 0 {
		t.Errorf("with an empty scope, suggested %v", s)
	}
}

// BenchmarkSuggest measures suggestions from many short documents.
func BenchmarkSuggest(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("documents=%d", n), func(b *testing.B) {
			ix := benchTitles(b, n)
			for _, typed := range []string{"s", "so", "soft", "senior so", "team 7", "zzz"} {
				b.Run(strings.ReplaceAll(typed, " ", "_"), func(b *testing.B) {
					for b.Loop() {
						ix.Suggest(typed, Scope{Rules: []ScopeRule{{Values: map[string][]string{"status": {"published"}}}}}, 10)
					}
				})
			}
		})
	}
}

// benchTitles returns an index of n documents with some 60,000 titles, 5,000 companies and 2,000 skills, frequent and rare ones.
func benchTitles(b *testing.B, n int) *Index {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...string) string { return list[min(len(list)-1, int(r.ExpFloat64()*2))] }
	often := func(n int) int { return min(n-1, int(r.ExpFloat64()*float64(n)/20)) }
	ix := NewMemory(newAnalyzer(b))
	rebuild := ix.NewRebuild(1)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for from := 0; from < n; from += 50_000 {
		docs := make([]Document, 0, 50_000)
		for i := from; i < from+50_000; i++ {
			skills := []string{fmt.Sprintf("skill %d", often(2000)), pick("sql", "spreadsheets", "go", "machine learning", "scheduling")}
			docs = append(docs, Document{
				ID: fmt.Sprintf("job%d", i),
				Title: fmt.Sprintf("%s %s %s %d", pick("Senior", "Junior", "Lead", "Staff"),
					pick("Software", "Sales", "Security", "Nursing", "Site"),
					pick("Engineer", "Manager", "Specialist", "Supervisor"), often(4000)),
				Company: fmt.Sprintf("%s Team %d", pick("Solar", "Northern", "Stone"), often(5000)), Skills: skills,
				Body: "Some words about the work to be done here", Years: -1, Published: start.Add(time.Duration(i) * time.Second),
				Values: map[string][]string{"status": {pick("published", "closed", "draft")}, "skills": skills},
			})
		}
		if err := rebuild.Add(docs); err != nil {
			b.Fatal(err)
		}
	}
	rebuild.Commit()
	return ix
}
