package main

import (
	"fmt"
	"net/url"
	"time"

	"jobboard/internal/benchboard"
)

// class is a class of queries with its gates: the p50 as a multiple of R and, for selective queries, in absolute time; 0 means
// no gate. The gate of the p99 is the same for all classes.
type class struct {
	name   string
	query  string // parameters of GET /api/jobs/search/
	ratio  float64
	maxP50 time.Duration
	fts    string // the same query for an FTS5 table, joined with the jobs j
	order  string // "": bm25
	where  string
	facets bool
	offset int
}

const (
	selectiveP50 = 2 * time.Millisecond
	facetFields  = "industry,jobType,workplace,experienceLevel"
)

// classes returns the classes of the table of gates.
func (r *run) classes() []class {
	city := r.Corpus.Places[len(r.Corpus.Places)-1]
	rare := benchboard.InventedWord(r.rareWord())
	near := fmt.Sprintf("%.2f,%.2f", city.Lat, city.Lon)
	around := fmt.Sprintf("j.status = 'published' AND EXISTS (SELECT 1 FROM json_each(j.locations) p WHERE "+
		"abs(p.value ->> 'lat' - %.2f) < 0.45 AND abs(p.value ->> 'lon' - %.2f) < 0.6)", city.Lat, city.Lon)
	list := []class{
		{name: "rare term", query: "q=" + rare, fts: rare, ratio: 3, maxP50: selectiveP50},
		{name: "two common terms", query: "q=python+manager", fts: "python manager", ratio: 3, maxP50: selectiveP50},
		{name: "three common terms", query: "q=senior+python+manager", fts: "senior python manager", ratio: 3, maxP50: selectiveP50},
		{name: "term in 22 %", query: "q=python", fts: "python", ratio: 5},
		{name: "term in 67 %", query: "q=manager", fts: "manager", ratio: 5},
		{name: "term in 95 %", query: "q=experience", fts: "experience", ratio: 5},
		{name: "synonyms (sr dev)", query: "q=sr+dev", fts: "(sr OR senior) AND (dev OR developer)", ratio: 5},
		{name: "no words, newest", query: "", fts: "", ratio: 5},
		{name: "prefix man*", query: "q=man*", fts: "man*", ratio: 12},
		{name: "prefix, two letters", query: "q=ma*", fts: "ma*", ratio: 12},
		{name: "phrase, common", query: "q=%22years+of+experience%22", fts: `"years of experience"`, ratio: 25},
		{name: "phrase, none matches", query: "q=%22experience+python+manager%22", fts: `"experience python manager"`, ratio: 25},
		{name: "worst phrase", query: "q=%22experience+manager%22", fts: `"experience manager"`, ratio: 25},
		{name: "keyword + 2 filters", query: "q=python&workplace=remote&jobType=contract", fts: "python", ratio: 3, maxP50: selectiveP50,
			where: "j.workplace = 'remote' AND j.jobType = 'contract'"},
		{name: "keyword in a small city", query: "q=manager&location=" + url.QueryEscape(city.Name), fts: "manager", ratio: 3,
			maxP50: selectiveP50, where: "j.location = '" + sqlText(city.Name) + "'"},
		{name: "keyword within 50 km", query: "q=manager&radius=50&near=" + near, fts: "manager", ratio: 3,
			maxP50: selectiveP50, where: around},
		{name: "4 facets, 95 % term", query: "q=experience&facets=" + facetFields, fts: "experience", facets: true, ratio: 9},
		{name: "4 facets, no words", query: "facets=" + facetFields, facets: true, ratio: 9},
		{name: "sort by salary", query: "q=manager&sort=salary", fts: "manager", order: "j.salaryMax DESC", ratio: 9},
		{name: "sort by deadline", query: "q=manager&sort=deadline", fts: "manager", order: "j.deadline DESC", ratio: 9},
		{name: "offset 5 000", query: "q=manager&page=251&perPage=20", fts: "manager", offset: 5000, ratio: 12},
		{name: "a word that nobody has", query: "q=" + benchboard.InventedWord(benchboard.RareWords+777_777)},
		{name: "typo", query: "q=experiance+pyhton"},
		{name: "excluding", query: "q=python+-manager", fts: "python NOT manager", ratio: 5},
		{name: "title: field", query: "q=title%3Amanager", fts: "title : manager", ratio: 5},
	}
	for i := range list {
		if list[i].query != "" {
			list[i].query += "&"
		}
		if list[i].offset == 0 {
			list[i].query += "perPage=20"
		}
	}
	return list
}

// isCorrected reports whether the search looks for a spelling correction for this class.
func (c *class) isCorrected() bool { return c.fts == "" && !c.facets && c.ratio == 0 }

// rareWord returns the number of an invented word that a published job has.
func (r *run) rareWord() int {
	return r.Corpus.Random(3, 0).IntN(benchboard.RareWords)
}
