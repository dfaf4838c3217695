package main

import (
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"time"

	"jobboard/internal/gazetteer"
)

// corpus generates jobs by recombining real postings. Job i is the same in every run with the same seed.
type corpus struct {
	*source
	seed uint64
	jobs int
}

const (
	jobsPerEmployer = 25
	// the jobs were published at a constant rate over half a year
	corpusAge    = 180 * 24 * time.Hour
	jobWords     = 150 // in sentences; 185 with the title and the other fields
	rareWords    = 250_000
	rareWordRate = 0.3
)

// commonSentences make some words as frequent as they are on a specialised board of this size: python in 22 % of the jobs,
// manager in 67 %, experience in 95 %.
var commonSentences = []struct {
	share float64
	text  string
}{
	{0.85, "At least three years of experience in this field"},
	{0.45, "You report to the manager of the department"},
	{0.18, "Good knowledge of Python and of its libraries"},
}

type job struct {
	id, title, description, employer string
	company                          string
	skills                           []string
	places                           []gazetteer.Place
	industry                         int // modulo the number of industries
	kind
	pay
	status    string
	published time.Time
}

func newCorpus(s *source, seed uint64, jobs int) *corpus {
	return &corpus{source: s, seed: seed, jobs: jobs}
}

func (c *corpus) random(kind, i int) *rand.Rand {
	return rand.New(rand.NewPCG(c.seed<<8|uint64(kind), uint64(i)))
}

func (c *corpus) employers() int { return max(1, c.jobs/jobsPerEmployer) }

func employerID(i int) string { return fmt.Sprintf("emp%012d", i) }

// company returns the name of employer i: a mixture of two real names and an invented word.
func (c *corpus) company(i int) string {
	r := c.random(1, i)
	first, _, _ := strings.Cut(pick(r, c.companies), " ")
	name := first + " " + inventedWord(r.IntN(rareWords))
	if words := strings.Fields(pick(r, c.companies)); len(words) > 1 {
		name += " " + words[len(words)-1]
	}
	return name
}

func (c *corpus) job(i int, now time.Time) job {
	r := c.random(2, i)
	employer := r.IntN(c.employers())
	j := job{
		id: fmt.Sprintf("job%012d", i), employer: employerID(employer), company: c.company(employer),
		title: c.title(r), kind: pick(r, c.kinds), industry: skewed(r, 70), status: "published",
		published: now.Add(-corpusAge + time.Duration(float64(corpusAge)*(float64(i)+r.Float64())/float64(c.jobs))),
	}
	if r.IntN(100) >= 97 {
		j.status = []string{"draft", "closed", "expired"}[r.IntN(3)]
	}
	for range r.IntN(7) {
		j.skills = append(j.skills, pick(r, c.skills))
	}
	for range 1 + r.IntN(20)/18 {
		j.places = append(j.places, c.places[skewed(r, len(c.places))])
	}
	if r.IntN(10) < 6 {
		j.pay = pick(r, c.pays)
		by := 0.8 + 0.4*r.Float64()
		j.SalaryMin, j.SalaryMax = float64(int(j.SalaryMin*by)), float64(int(j.SalaryMax*by))
	}
	j.description = c.description(r)
	return j
}

// title returns a real title, or half of one and half of another.
func (c *corpus) title(r *rand.Rand) string {
	a := strings.Fields(pick(r, c.titles))
	if r.IntN(2) == 0 {
		return strings.Join(a, " ")
	}
	b := strings.Fields(pick(r, c.titles))
	return strings.Join(append(a[:(len(a)+1)/2:(len(a)+1)/2], b[len(b)/2:]...), " ")
}

func (c *corpus) description(r *rand.Rand) string {
	var sentences []string
	for words := 0; words < jobWords; {
		s := pick(r, c.sentences)
		words += len(strings.Fields(s))
		sentences = append(sentences, s)
	}
	for _, one := range commonSentences {
		if r.Float64() < one.share {
			sentences = append(sentences, one.text)
		}
	}
	if r.Float64() < rareWordRate {
		sentences = append(sentences, "Reference "+inventedWord(r.IntN(rareWords)))
	}
	r.Shuffle(len(sentences), func(i, j int) { sentences[i], sentences[j] = sentences[j], sentences[i] })
	half := len(sentences) / 2
	return "<p>" + paragraph(sentences[:half]) + "</p><h3>Requirements</h3><p>" + paragraph(sentences[half:]) + "</p>"
}

func paragraph(sentences []string) string {
	return html.EscapeString(strings.Join(sentences, ". ") + ".")
}

// inventedWord returns the n-th word of an invented language.
func inventedWord(n int) string {
	const heads, tails = "bdfgjklmnprstvz", "aeiou"
	word := []byte("x")
	for range 4 {
		word = append(word, heads[n%len(heads)])
		n /= len(heads)
		word = append(word, tails[n%len(tails)])
		n /= len(tails)
	}
	return string(word)
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// skewed returns a random number below n; small numbers are far more frequent.
func skewed(r *rand.Rand, n int) int {
	f := r.Float64()
	return int(f * f * f * float64(n))
}

func jsonOf(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // impossible for strings and numbers
	}
	return string(raw)
}
