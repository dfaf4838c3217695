package benchboard

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"

	"jobboard/internal/gazetteer"
	"jobboard/internal/search/text"
)

// Source has the parts of real postings.
type Source struct {
	titles    []string
	companies []string
	sentences []string
	skills    []string // with duplicates, so that frequent ones are picked more often
	Places    []gazetteer.Place
	pays      []pay
	kinds     []kind
}

type pay struct {
	SalaryMin, SalaryMax float64
	SalaryCurrency       string
	SalaryPeriod         string
}

// kind has attributes that are taken together from one posting.
type kind struct{ Workplace, JobType, ExperienceLevel string }

type posting struct {
	Title, Company, Description, Location string
	Skills                                []string
	pay
	kind
}

// sentenceEnd matches the end of a sentence. In the postings, many sentences are joined without a space ("on timeManage the team").
var sentenceEnd = regexp.MustCompile(`[.!?]\s+|[a-z.)][A-Z][a-z]`)

// ReadPostings reads a source from a file with one posting, as JSON, a line.
func ReadPostings(path string) (*Source, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the real postings: %w", err)
	}
	defer file.Close()
	s := &Source{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p posting
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		s.add(&p)
	}
	if len(s.sentences) == 0 {
		return nil, fmt.Errorf("%s: no postings", path)
	}
	return s, lines.Err()
}

func (s *Source) add(p *posting) {
	s.titles = append(s.titles, p.Title)
	s.companies = append(s.companies, p.Company)
	s.skills = append(s.skills, p.Skills...)
	s.kinds = append(s.kinds, p.kind)
	if p.SalaryMax > 0 {
		s.pays = append(s.pays, p.pay)
	}
	if place, ok := gazetteer.Resolve(p.Location); ok && place.HasPoint() {
		s.Places = append(s.Places, place)
	}
	rest := text.FromHTML(p.Description)
	for rest != "" {
		end, next := len(rest), len(rest)
		if at := sentenceEnd.FindStringIndex(rest); at != nil {
			end, next = at[0]+1, at[0]+1
		}
		sentence := strings.TrimSpace(rest[:end])
		if words := len(strings.Fields(sentence)); words >= 4 && words <= 40 {
			s.sentences = append(s.sentences, sentence)
		}
		rest = rest[next:]
	}
}
