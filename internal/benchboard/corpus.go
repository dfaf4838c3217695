package benchboard

import (
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"time"

	"jobboard/internal/gazetteer"
)

// Corpus generates jobs by recombining real postings. Job i is the same in every run with the same seed.
type Corpus struct {
	*Source
	seed uint64
	Jobs int // their number
}

const (
	jobsPerEmployer = 25
	// the jobs were published at a constant rate over half a year
	corpusAge = 180 * 24 * time.Hour
	jobWords  = 150 // in sentences; 185 with the title and the other fields
	// RareWords is the number of invented words that a few jobs have, from InventedWord(0) on.
	RareWords    = 250_000
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

// Job is a generated job.
type Job struct {
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

// NewCorpus returns the corpus of that many jobs, recombined from a source.
func NewCorpus(s *Source, seed uint64, jobs int) *Corpus {
	return &Corpus{Source: s, seed: seed, Jobs: jobs}
}

// Random returns the random numbers of one thing, which are the same in every run with the same seed.
func (c *Corpus) Random(kind, i int) *rand.Rand {
	return rand.New(rand.NewPCG(c.seed<<8|uint64(kind), uint64(i)))
}

// Employers returns the number of employers.
func (c *Corpus) Employers() int { return max(1, c.Jobs/jobsPerEmployer) }

// EmployerID returns the id of employer i.
func EmployerID(i int) string { return fmt.Sprintf("emp%012d", i) }

// OwnerID returns the id of the owner of employer i.
func OwnerID(i int) string { return fmt.Sprintf("own%012d", i) }

// JobID returns the id of job i.
func JobID(i int) string { return fmt.Sprintf("job%012d", i) }

// company returns the name of employer i: a mixture of two real names and an invented word.
func (c *Corpus) company(i int) string {
	r := c.Random(1, i)
	first, _, _ := strings.Cut(pick(r, c.companies), " ")
	name := first + " " + InventedWord(r.IntN(RareWords))
	if words := strings.Fields(pick(r, c.companies)); len(words) > 1 {
		name += " " + words[len(words)-1]
	}
	return name
}

// Job returns job i.
func (c *Corpus) Job(i int, now time.Time) Job {
	r := c.Random(2, i)
	employer := r.IntN(c.Employers())
	j := Job{
		id: JobID(i), employer: EmployerID(employer), company: c.company(employer),
		title: c.Title(r), kind: pick(r, c.kinds), industry: skewed(r, 70), status: "published",
		published: now.Add(-corpusAge + time.Duration(float64(corpusAge)*(float64(i)+r.Float64())/float64(c.Jobs))),
	}
	if r.IntN(100) >= 97 {
		j.status = []string{"draft", "closed", "expired"}[r.IntN(3)]
	}
	for range r.IntN(7) {
		j.skills = append(j.skills, pick(r, c.skills))
	}
	for range 1 + r.IntN(20)/18 {
		j.places = append(j.places, c.Places[skewed(r, len(c.Places))])
	}
	if r.IntN(10) < 6 {
		j.pay = pick(r, c.pays)
		by := 0.8 + 0.4*r.Float64()
		j.SalaryMin, j.SalaryMax = float64(int(j.SalaryMin*by)), float64(int(j.SalaryMax*by))
	}
	j.description = c.description(r)
	return j
}

// Title returns a real title, or half of one and half of another.
func (c *Corpus) Title(r *rand.Rand) string {
	a := strings.Fields(pick(r, c.titles))
	if r.IntN(2) == 0 {
		return strings.Join(a, " ")
	}
	b := strings.Fields(pick(r, c.titles))
	return strings.Join(append(a[:(len(a)+1)/2:(len(a)+1)/2], b[len(b)/2:]...), " ")
}

func (c *Corpus) description(r *rand.Rand) string {
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
		sentences = append(sentences, "Reference "+InventedWord(r.IntN(RareWords)))
	}
	r.Shuffle(len(sentences), func(i, j int) { sentences[i], sentences[j] = sentences[j], sentences[i] })
	half := len(sentences) / 2
	return "<p>" + paragraph(sentences[:half]) + "</p><h3>Requirements</h3><p>" + paragraph(sentences[half:]) + "</p>"
}

func paragraph(sentences []string) string {
	return html.EscapeString(strings.Join(sentences, ". ") + ".")
}

// InventedWord returns the n-th word of an invented language.
func InventedWord(n int) string {
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

// JSON returns v, of strings and numbers, as JSON.
func JSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // impossible for strings and numbers
	}
	return string(raw)
}
