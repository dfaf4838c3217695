package transfer

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/transfer/formats"
)

// interestBook finds fields of interest by name, slug or id.
type interestBook struct {
	byKind map[string]map[string]string // kind, then key, to id
}

func readInterests(app core.App) (interestBook, error) {
	all, err := app.FindAllRecords(collections.FieldsOfInterest)
	if err != nil {
		return interestBook{}, fmt.Errorf("read the fields of interest: %w", err)
	}
	book := interestBook{byKind: map[string]map[string]string{
		collections.KindIndustry: {}, collections.KindRole: {}, collections.KindSkill: {},
	}}
	for _, field := range all {
		keys := book.byKind[field.GetString("kind")]
		for _, text := range []string{field.Id, field.GetString("slug"), field.GetString("name")} {
			keys[interestKey(text)] = field.Id
		}
	}
	return book, nil
}

// interestKey returns the text in the form that is compared: "Hospital & Health Care" and "hospital-and-health-care" are the same.
func interestKey(text string) string {
	text = strings.ReplaceAll(strings.ToLower(text), "&", " and ")
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" -_/,\t", r) }), " ")
}

func (b interestBook) find(text string, kinds ...string) string {
	for _, kind := range kinds {
		key := interestKey(text)
		if id := b.byKind[kind][key]; id != "" {
			return id
		}
		if slug := industrySynonyms()[key]; slug != "" && kind == collections.KindIndustry {
			if id := b.byKind[kind][interestKey(slug)]; id != "" {
				return id
			}
		}
	}
	return ""
}

// industrySynonymsText has a line for each industry: its slug, a colon, and what else people call it, separated by commas.
//
//go:embed industry_synonyms.txt
var industrySynonymsText string

// industrySynonyms are the slugs of industries by what else people call them.
var industrySynonyms = sync.OnceValue(func() map[string]string {
	synonyms := map[string]string{}
	for line := range strings.Lines(industrySynonymsText) {
		slug, names, _ := strings.Cut(line, ":")
		for name := range strings.SplitSeq(names, ",") {
			if key := interestKey(strings.TrimSpace(name)); key != "" {
				synonyms[key] = strings.TrimSpace(slug)
			}
		}
	}
	return synonyms
})

// set sets the industry and the fields of a job as far as they are known, and returns the texts that are unknown.
func (b interestBook) set(record *core.Record, job *formats.Job) (unknown []string) {
	if job.Industry != "" {
		if id := b.find(job.Industry, collections.KindIndustry); id != "" {
			record.Set("industry", id)
		} else {
			unknown = append(unknown, job.Industry)
		}
	}
	if job.Fields == nil {
		return unknown
	}
	ids := []string{}
	for _, text := range job.Fields {
		if id := b.find(text, collections.KindRole, collections.KindSkill, collections.KindIndustry); id != "" {
			ids = append(ids, id)
		} else if text != "" {
			unknown = append(unknown, text)
		}
	}
	record.Set("fields", ids)
	return unknown
}
