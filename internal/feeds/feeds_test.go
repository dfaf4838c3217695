package feeds_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jobboard/internal/feeds"
)

var (
	posted  = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	changed = time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
)

const hostile = "A ]]> B <b>&amp;</b> \x00\x0b\uffff \"' ]]]]>"

func TestAtomFeedsHaveWhatTheFormatRequires(t *testing.T) {
	for name, items := range map[string][]feeds.Item{
		"empty": nil,
		"full": {{ID: "https://b.example/jobs/1", Page: "https://b.example/jobs/1/x?a=1&b=2", Title: hostile,
			Author: hostile, HTML: hostile, Tags: []string{hostile}, Published: posted, Updated: changed}},
	} {
		var out strings.Builder
		feed := &feeds.Feed{Title: hostile, Language: "en", Page: "https://b.example/jobs", Self: "https://b.example/feed.xml", Author: "B",
			Items: items}
		if err := feeds.WriteAtom(&out, feed); err != nil {
			t.Fatal(err)
		}
		var read struct {
			XMLName xml.Name
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Author  string `xml:"author>name"`
			Links   []struct {
				Rel  string `xml:"rel,attr"`
				Href string `xml:"href,attr"`
			} `xml:"link"`
			Entries []struct {
				ID, Title, Updated, Content string
			} `xml:"entry"`
		}
		if err := xml.Unmarshal([]byte(out.String()), &read); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out.String())
		}
		if read.XMLName != (xml.Name{Space: "http://www.w3.org/2005/Atom", Local: "feed"}) || read.ID == "" || read.Title == "" ||
			read.Author == "" {
			t.Errorf("%s: %+v", name, read)
		}
		if _, err := time.Parse(time.RFC3339, read.Updated); err != nil {
			t.Errorf("%s: updated %v", name, err)
		}
		if len(read.Links) != 2 || read.Links[0].Rel != "self" || read.Links[1].Href != feed.Page || len(read.Entries) != len(items) {
			t.Errorf("%s: links %v, %d entries", name, read.Links, len(read.Entries))
		}
	}
}

func TestJSONFeedsHaveWhatTheFormatRequires(t *testing.T) {
	for _, items := range [][]feeds.Item{nil, {{ID: "https://b.example/jobs/1", Page: "https://b.example/jobs/1/x", Title: hostile,
		HTML:      hostile,
		Published: posted, Updated: changed}}} {
		var out strings.Builder
		feed := &feeds.Feed{Title: "B", Page: "https://b.example/jobs", Self: "https://b.example/feed.json",
			Next:   "https://b.example/feed.json?page=2",
			Author: "B", Items: items}
		if err := feeds.WriteJSON(&out, feed); err != nil {
			t.Fatal(err)
		}
		var read map[string]any
		if err := json.Unmarshal([]byte(out.String()), &read); err != nil {
			t.Fatal(err)
		}
		list, isList := read["items"].([]any)
		if read["version"] != "https://jsonfeed.org/version/1.1" || read["title"] != "B" || read["next_url"] == nil || !isList ||
			len(list) != len(items) {
			t.Errorf("read %v", read)
		}
	}
}

// indeedFile is what an aggregator reads.
type indeedFile struct {
	XMLName   xml.Name `xml:"source"`
	Publisher string   `xml:"publisher"`
	Jobs      []struct {
		Title       string `xml:"title"`
		Date        string `xml:"date"`
		Reference   string `xml:"referencenumber"`
		Requisition string `xml:"requisitionid"`
		URL         string `xml:"url"`
		Company     string `xml:"company"`
		City        string `xml:"city"`
		Country     string `xml:"country"`
		Description string `xml:"description"`
		Salary      string `xml:"salary"`
		Expires     string `xml:"expirationdate"`
		Remote      string `xml:"remotetype"`
	} `xml:"job"`
}

func indeed(t *testing.T, jobs ...*feeds.Job) (read indeedFile, raw string) {
	t.Helper()
	var out strings.Builder
	file, err := feeds.NewIndeed(&out, hostile, "https://b.example/", changed)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		if err := file.Add(j); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal([]byte(out.String()), &read); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return read, out.String()
}

func TestIndeedGetsAJobForEachPlace(t *testing.T) {
	lyon, berlin := feeds.Place{Name: "Lyon", City: "Lyon", Country: "FR"}, feeds.Place{Name: "Berlin", City: "Berlin", Country: "DE"}
	job := func(places ...feeds.Place) *feeds.Job {
		return &feeds.Job{ID: "abc", Title: "Gardener", Page: "https://b.example/jobs/abc/x", Company: "Acme",
			HTML: hostile, Published: posted, Updated: changed, Deadline: changed,
			Workplace: "hybrid", Places: places,
			Salary: feeds.Salary{Min: 1000, Max: 2000, Currency: "EUR", Period: "month"}}
	}
	references := func(j *feeds.Job) (list []string) {
		read, _ := indeed(t, j)
		for _, one := range read.Jobs {
			if one.Requisition != "abc" {
				t.Errorf("the requisition is %q", one.Requisition)
			}
			list = append(list, one.Reference)
		}
		return list
	}
	both := references(job(lyon, berlin, lyon))
	if len(both) != 2 || both[0] == both[1] {
		t.Errorf("two places have the references %v", both)
	}
	turned := references(job(berlin, lyon))
	slices.Reverse(turned)
	if !slices.Equal(both, turned) || references(job(lyon))[0] != both[0] || references(job())[0] != "abc" {
		t.Errorf("references change with the order of places: %v, %v", both, turned)
	}
	read, raw := indeed(t, job(lyon))
	one := read.Jobs[0]
	want := strings.NewReplacer("\x00", "\ufffd", "\x0b", "\ufffd", "\uffff", "\ufffd").Replace(hostile)
	if one.Description != want || read.Publisher != want {
		t.Errorf("the description became %q", one.Description)
	}
	if one.Date != "2026-11-01T08:00:00Z" || one.Salary != "1000 - 2000 EUR per month" || one.Remote != "Hybrid remote" ||
		one.City != "Lyon" || one.Expires == "" {
		t.Errorf("read %+v", one)
	}
	if plain := strings.Count(raw, "<title>") - strings.Count(raw, "<title><![CDATA["); plain != 0 {
		t.Errorf("%d values stand outside CDATA:\n%s", plain, raw)
	}
}

func TestSalariesAsPeopleReadThem(t *testing.T) {
	for salary, want := range map[feeds.Salary]string{
		{}: "", {Max: 10, Currency: "EUR", Period: "hour"}: "up to 10 EUR per hour", {Min: 5, Currency: "USD"}: "5 USD",
		{Min: 5, Max: 5}: "5",
	} {
		if got := fmt.Sprint(salary); got != want {
			t.Errorf("%#v: %q, want %q", salary, got, want)
		}
	}
}
