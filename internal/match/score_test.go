package match

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jobboard/collections"
	"jobboard/internal/search/engine"
)

func at(name, city, country string, lat, lon float64) collections.Location {
	return collections.Location{Name: name, City: city, Country: country, Lat: &lat, Lon: &lon}
}

func plainNames(id string) string { return id }

// Worked examples: what fits whom, for how many points and why.
func TestScore(t *testing.T) {
	berlin := at("Berlin, Germany", "Berlin", "DE", 52.52, 13.40)
	potsdam, lyon := engine.Point{Lat: 52.4, Lon: 13.06}, engine.Point{Lat: 45.76, Lon: 4.84}
	words := func(list ...string) (words []Word) {
		for _, form := range list {
			words = append(words, Word{form, strings.TrimSuffix(form, "s")})
		}
		return words
	}
	job := Job{
		Title: words("senior", "engineer"), Fields: []string{"software", "banking"}, Skills: []string{"go", "sql", "docker"},
		JobType: "full_time", Workplace: "hybrid", Level: "senior", Places: []collections.Location{berlin},
	}
	like := score(job, Preferences{Title: job.Title, Interests: job.Fields}, plainNames)
	if like.Reasons[0].Text != "Fields: software, banking" {
		t.Errorf("a job like another for its %q", like.Reasons[0].Text)
	}
	for name, example := range map[string]struct {
		job    Job
		prefs  Preferences
		points int
		kinds  []string
		fits   bool
	}{
		"nothing said":    {job, Preferences{}, 0, nil, false},
		"one interest":    {job, Preferences{Interests: []string{"banking", "music"}}, 20, []string{"interest"}, true},
		"both interests":  {job, Preferences{Interests: []string{"banking", "software"}}, 25, []string{"interest"}, true},
		"one of 3 skills": {job, Preferences{Skills: []string{"go", "java"}}, 20, []string{"skills"}, true},
		"all skills":      {job, Preferences{Skills: []string{"sql", "go", "docker"}}, 40, []string{"skills"}, true},
		"other topic": {job, Preferences{Interests: []string{"music"}, JobTypes: []string{"full_time"}}, 10,
			[]string{"job_type"}, false},
		"no topic, type":    {job, Preferences{JobTypes: []string{"full_time"}}, 10, []string{"job_type"}, true},
		"no topic, place":   {job, Preferences{Places: []string{"Berlin"}}, 10, []string{"place"}, true},
		"only a home":       {job, Preferences{HomePoint: potsdam}, 10, []string{"place"}, false},
		"only other places": {job, Preferences{Places: []string{"Lyon, France"}}, 0, nil, false},
		"type against":      {job, Preferences{Skills: []string{"go"}, JobTypes: []string{"part_time"}}, 20, []string{"skills"}, false},
		"workplace against": {job, Preferences{Skills: []string{"go"}, Workplaces: []string{"remote"}}, 20, []string{"skills"}, false},
		"preferred city":    {job, Preferences{Skills: []string{"go"}, Places: []string{"Berlin"}}, 30, []string{"skills", "place"}, true},
		"a city nearby": {job, Preferences{Skills: []string{"go"}, Places: []string{"Potsdam, Germany"}},
			30, []string{"skills", "place"}, true},
		"preferred country": {job, Preferences{Skills: []string{"go"}, Places: []string{"Germany"}}, 30, []string{"skills", "place"}, true},
		"place against":     {job, Preferences{Skills: []string{"go"}, Places: []string{"Lyon, France"}}, 20, []string{"skills"}, false},
		"home nearby":       {job, Preferences{Skills: []string{"go"}, HomePoint: potsdam}, 30, []string{"skills", "place"}, true},
		"home far away":     {job, Preferences{Skills: []string{"go"}, HomePoint: lyon}, 20, []string{"skills"}, true},
		"level":             {job, Preferences{Skills: []string{"go"}, Years: 8}, 25, []string{"skills", "experience"}, true},
		"remote, wrong country": {Job{Skills: []string{"go"}, Workplace: "remote", Countries: []string{"DE"}},
			Preferences{Skills: []string{"go"}, Home: "Lyon, France"}, 40, []string{"skills"}, false},
		"remote, right country": {Job{Skills: []string{"go"}, Workplace: "remote", Countries: []string{"FR"}},
			Preferences{Skills: []string{"go"}, Home: "Lyon, France"}, 50, []string{"skills", "place"}, true},
		"half the title": {job, Preferences{Title: words("engineers", "bridges")}, 10, []string{"title"}, true},
		"a third of it":  {job, Preferences{Title: words("senior", "night", "nurse")}, 7, []string{"title"}, false},
		"title and a skill": {job, Preferences{Title: words("senior", "night", "nurse"), Skills: []string{"go"}},
			27, []string{"skills", "title"}, true},
		"half a role":     {job, Preferences{Roles: [][]Word{words("baker"), words("bridge", "engineer")}}, 10, []string{"title"}, true},
		"a third of one":  {job, Preferences{Roles: [][]Word{words("senior", "night", "nurse")}}, 0, nil, false},
		"role, not place": {job, Preferences{Roles: [][]Word{words("engineer")}, Places: []string{"Lyon, France"}}, 20, []string{"title"}, false},
		"role and topics": {job, Preferences{Roles: [][]Word{words("engineer")}, Interests: []string{"software", "banking"},
			Skills: []string{"sql", "go", "docker"}}, 70, []string{"interest", "skills", "title"}, true},
		"alike in all": {job, Preferences{Title: job.Title, Interests: job.Fields, Skills: job.Skills, HomePoint: potsdam}, 95,
			[]string{"interest", "skills", "title", "place"}, true},
		"everything": {job, Preferences{
			Interests: []string{"software", "banking"}, Skills: []string{"go", "sql", "docker"}, JobTypes: []string{"full_time"},
			Workplaces: []string{"hybrid"}, Places: []string{"Berlin"}, Years: 8,
		}, 95, []string{"interest", "skills", "job_type", "workplace", "place", "experience"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := score(example.job, example.prefs, plainNames)
			var kinds []string
			sum := 0
			for _, reason := range got.Reasons {
				kinds = append(kinds, reason.Kind)
				sum += reason.Points
			}
			if got.Points != example.points || got.Fits != example.fits || !cmp.Equal(kinds, example.kinds) {
				t.Errorf("got %d points, %v, fits %v; want %d, %v, %v", got.Points, kinds, got.Fits, example.points,
					example.kinds, example.fits)
			}
			if sum != got.Points {
				t.Errorf("the reasons add up to %d, the score is %d", sum, got.Points)
			}
		})
	}
}
