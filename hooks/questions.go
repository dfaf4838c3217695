package hooks

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
)

const (
	maxQuestions = 20
	maxOptions   = 50
	maxLabel     = 500   // characters of a question or an option
	maxAnswer    = 5_000 // characters of a text answer
)

var questionTypes = []string{
	collections.QuestionText, collections.QuestionYesNo, collections.QuestionChoice, collections.QuestionNumber,
}

var questionID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,50}$`)

// normalizeQuestions checks the questions of a job and gives an id to each that has none.
func normalizeQuestions(record *core.Record) error {
	questions, err := readList[collections.Question](record, "questions", maxQuestions)
	if err != nil {
		return err
	}
	wrong := func(i int, reason string) error {
		return problem.Field("questions", problem.InvalidValue, fmt.Sprintf("Question %d: %s", i+1, reason))
	}
	seen := map[string]bool{}
	for i := range questions {
		q := &questions[i]
		q.Label = strings.TrimSpace(q.Label)
		if q.ID == "" {
			q.ID = "q" + strconv.Itoa(i+1)
		}
		switch {
		case !questionID.MatchString(q.ID):
			return wrong(i, "the id may have letters, digits, - and _, at most 50.")
		case seen[q.ID]:
			return wrong(i, "the id is taken by another question.")
		case q.Label == "" || utf8.RuneCountInString(q.Label) > maxLabel:
			return wrong(i, fmt.Sprintf("the label must have 1 to %d characters.", maxLabel))
		case !slices.Contains(questionTypes, q.Type):
			return wrong(i, "the type must be text, yes_no, choice or number.")
		}
		seen[q.ID] = true
		if q.Type != collections.QuestionChoice {
			q.Options = nil
			continue
		}
		if q.Options, err = normalizeStrings("questions", q.Options, maxLabel); err != nil {
			return err
		}
		if len(q.Options) == 0 || len(q.Options) > maxOptions {
			return wrong(i, fmt.Sprintf("a choice needs 1 to %d options.", maxOptions))
		}
	}
	record.Set("questions", questions)
	return nil
}

// checkAnswers checks the answers of an application against the questions of its job.
func checkAnswers(application, job *core.Record) error {
	questions, err := readList[collections.Question](job, "questions", maxQuestions)
	if err != nil {
		return fmt.Errorf("read the questions of job %s: %w", job.Id, err)
	}
	answers := map[string]any{}
	raw := application.GetString("answers")
	if raw != "" && raw != "null" && raw != `""` {
		if err := json.Unmarshal([]byte(raw), &answers); err != nil {
			return problem.Field("answers", problem.InvalidValue, "Must be an object with the ids of the questions as keys.")
		}
	}
	for _, q := range questions {
		answer, given := answers[q.ID]
		delete(answers, q.ID)
		if !given || answer == nil || answer == "" {
			if q.Required {
				return problem.Field("answers", problem.Required, fmt.Sprintf("The question %q needs an answer.", q.ID))
			}
			continue
		}
		if reason := wrongAnswer(q, answer); reason != "" {
			return problem.Field("answers", problem.InvalidValue, fmt.Sprintf("The answer to %q must be %s.", q.ID, reason))
		}
	}
	for id := range answers {
		return problem.Field("answers", problem.InvalidValue, fmt.Sprintf("The job has no question %.50q.", id))
	}
	return nil
}

func wrongAnswer(q collections.Question, answer any) string {
	text, isText := answer.(string)
	switch q.Type {
	case collections.QuestionText:
		if !isText || utf8.RuneCountInString(text) > maxAnswer {
			return fmt.Sprintf("a text of at most %d characters", maxAnswer)
		}
	case collections.QuestionYesNo:
		if _, ok := answer.(bool); !ok {
			return "true or false"
		}
	case collections.QuestionNumber:
		if _, ok := answer.(float64); !ok {
			return "a number"
		}
	case collections.QuestionChoice:
		if !isText || !slices.Contains(q.Options, text) {
			return "one of " + strings.Join(q.Options, ", ")
		}
	}
	return ""
}
