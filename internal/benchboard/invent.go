package benchboard

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"jobboard/internal/gazetteer"
)

// What invented jobs are made of. Their words are few beside the invented ones, but they are those that people search for.
var (
	levels = strings.Split("Junior|Senior|Lead|Principal|Associate|Assistant|Deputy|Interim", "|")
	roles  = strings.Split("Python Developer|Go Engineer|Data Analyst|Project Manager|Account Manager|Nurse|Teacher|Electrician|"+
		"Accountant|Product Manager|Designer|Sales Manager|Driver|Cook|Engineer|Consultant|Recruiter|Technician|Lawyer|Architect", "|")
	skills = strings.Split("python|go|sql|excel|javascript|project management|communication|german|english|sales|accounting|"+
		"nursing|teaching|welding|design|docker|linux|negotiation|planning|writing", "|")
	cities = strings.Split("Berlin|Hamburg|London|Paris|Madrid|Rome|Vienna|Zurich|Amsterdam|Brussels|Dublin|Lisbon|Warsaw|Prague|"+
		"Stockholm|Oslo|Copenhagen|Helsinki|Athens|Budapest|New York|Chicago|Boston|Seattle|Austin|Denver|Toronto|Montreal|Sydney|Tokyo", "|")
	connectives = strings.Fields("the and of to a in for with on at by from you we our your will work team customers")
)

const (
	inventedCompanies = 2_000
	inventedSentences = 5_000
	inventedWords     = 20_000 // that make up sentences; how often each occurs follows Zipf's law
)

// Invent returns a source that needs no real postings, the same in every run.
func Invent() (*Source, error) {
	r := rand.New(rand.NewPCG(1, 1))
	words := rand.NewZipf(r, 1.1, 4, inventedWords)
	s := &Source{skills: skills}
	for _, role := range roles {
		s.titles = append(s.titles, role)
		for _, level := range levels {
			s.titles = append(s.titles, level+" "+role)
		}
	}
	for i := range inventedCompanies {
		s.companies = append(s.companies, InventedWord(RareWords+i)+" "+pick(r, roles))
	}
	for range inventedSentences {
		var sentence []string
		for range 6 + r.IntN(14) {
			word := pick(r, connectives)
			if r.IntN(3) > 0 {
				word = InventedWord(RareWords + inventedCompanies + int(words.Uint64()))
			}
			sentence = append(sentence, word)
		}
		s.sentences = append(s.sentences, strings.Join(sentence, " "))
	}
	for _, city := range cities {
		place, ok := gazetteer.Resolve(city)
		if !ok {
			return nil, fmt.Errorf("the gazetteer does not know %s", city)
		}
		s.Places = append(s.Places, place)
	}
	for _, workplace := range []string{"on_site", "hybrid", "remote"} {
		for _, jobType := range []string{"full_time", "full_time", "part_time", "contract"} {
			for _, level := range []string{"entry", "mid", "senior"} {
				s.kinds = append(s.kinds, kind{workplace, jobType, level})
			}
		}
	}
	for yearly := 30_000.0; yearly <= 120_000; yearly += 5_000 {
		s.pays = append(s.pays, pay{yearly, yearly * 1.3, "EUR", "year"})
	}
	return s, nil
}
