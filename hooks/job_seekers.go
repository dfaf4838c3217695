package hooks

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
)

const (
	maxPositions      = 50
	maxPlaces         = 20
	maxPlaceText      = 200   // characters
	maxPositionText   = 200   // characters of a title, company, school ...
	maxPositionDetail = 5_000 // characters of a description
)

func bindJobSeekers(app core.App) {
	app.OnRecordCreate(collections.JobSeekers).BindFunc(normalizeProfileOnSave)
	app.OnRecordUpdate(collections.JobSeekers).BindFunc(normalizeProfileOnSave)
}

func normalizeProfileOnSave(e *core.RecordEvent) error {
	profile := e.Record
	sanitiseRichText(profile, "summary")
	normalizeLine(profile, "headline")
	resolveCoordinates(profile)
	if err := normalizeSkills(profile); err != nil {
		return err
	}
	if err := normalizeCareer(profile); err != nil {
		return err
	}
	places, err := readList[string](profile, "preferredLocations", maxPlaces)
	if err != nil {
		return err
	}
	if places, err = normalizeStrings("preferredLocations", places, maxPlaceText); err != nil {
		return err
	}
	profile.Set("preferredLocations", places)
	if err := checkCurrency(profile, "salaryCurrency"); err != nil {
		return err
	}
	return e.Next()
}

func normalizeCareer(profile *core.Record) error {
	positions, err := readList[collections.Position](profile, "experience", maxPositions)
	if err != nil {
		return err
	}
	for i, p := range positions {
		if reason := wrongSpan(p.From, p.To, p.Title, p.Company); reason != "" {
			return entryError("experience", i, reason)
		}
		if utf8.RuneCountInString(p.Description) > maxPositionDetail {
			return entryError("experience", i, fmt.Sprintf("the description must have at most %d characters.", maxPositionDetail))
		}
		positions[i].Description = richTextPolicy.Sanitize(p.Description)
	}
	profile.Set("experience", positions)

	schools, err := readList[collections.Education](profile, "education", maxPositions)
	if err != nil {
		return err
	}
	for i, s := range schools {
		if reason := wrongSpan(s.From, s.To, s.School, s.Degree, s.Field); reason != "" {
			return entryError("education", i, reason)
		}
	}
	profile.Set("education", schools)
	return nil
}

func entryError(field string, i int, reason string) error {
	return problem.Field(field, problem.InvalidValue, fmt.Sprintf("Entry %d: %s", i+1, reason))
}

var calendarDate = regexp.MustCompile(`^(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)?$`)

func wrongSpan(from, to string, texts ...string) string {
	if !calendarDate.MatchString(from) || !calendarDate.MatchString(to) {
		return "from and to must be dates such as 2019, 2019-05 or 2019-05-31."
	}
	if from != "" && to != "" && from[:4] > to[:4] {
		return "from must not be after to."
	}
	if strings.TrimSpace(texts[0]) == "" {
		return "it needs a title or school."
	}
	for _, text := range texts {
		if utf8.RuneCountInString(text) > maxPositionText {
			return fmt.Sprintf("each text must have at most %d characters.", maxPositionText)
		}
	}
	return ""
}
