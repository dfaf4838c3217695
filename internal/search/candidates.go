package search

import (
	"fmt"
	"html"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/gazetteer"
	"jobboard/internal/search/engine"
)

// candidateRow has the columns of a job seeker's profile that are indexed. Of the user it has only whether the account is
// active: nobody can search for a name, an address or a phone number.
type candidateRow struct {
	ID          string         `db:"id"`
	User        string         `db:"user"`
	Headline    string         `db:"headline"`
	Summary     string         `db:"summary"`
	Skills      string         `db:"skills"`
	Years       float64        `db:"experienceYears"`
	Experience  string         `db:"experience"`
	Education   string         `db:"education"`
	Location    string         `db:"location"`
	Coordinates string         `db:"coordinates"`
	JobTypes    string         `db:"preferredJobTypes"`
	Workplaces  string         `db:"preferredWorkplaces"`
	OpenToWork  bool           `db:"openToWork"`
	Visibility  string         `db:"visibility"`
	Updated     types.DateTime `db:"updated"`
	Active      bool           `db:"active"`
	Interests   string         `db:"interests"` // [[id, slug], ...]
	AppliedTo   string         `db:"appliedTo"` // ids of employers
}

const candidateQuery = `SELECT r.id, r.user, r.headline, r.summary, coalesce(r.skills, '') AS skills,
	CAST(r.experienceYears AS REAL) AS experienceYears,
	coalesce(r.experience, '') AS experience, coalesce(r.education, '') AS education, r.location,
	coalesce(r.coordinates, '') AS coordinates, coalesce(r.preferredJobTypes, '') AS preferredJobTypes,
	coalesce(r.preferredWorkplaces, '') AS preferredWorkplaces, r.openToWork = 1 AS openToWork, r.visibility, r.updated,
	EXISTS (SELECT 1 FROM users u WHERE u.id = r.user AND u.role = '` + collections.RoleJobSeeker + `' AND u.deactivatedAt = '') AS active,
	(SELECT json_group_array(json_array(f.id, f.slug)) FROM job_seeker_interests i JOIN fields_of_interest f ON f.id = i.field
		WHERE i.seeker = r.user) AS interests,
	(SELECT json_group_array(DISTINCT j.employer) FROM applications a JOIN jobs j ON j.id = a.job
		WHERE a.seeker = r.user) AS appliedTo
	FROM job_seekers r WHERE `

func readCandidates(query *dbx.Query) ([]engine.Document, error) {
	var rows []candidateRow
	if err := query.All(&rows); err != nil {
		return nil, fmt.Errorf("read profiles for the search index: %w", err)
	}
	docs := make([]engine.Document, len(rows))
	for i := range rows {
		docs[i] = rows[i].document()
	}
	return docs, nil
}

func (r *candidateRow) document() engine.Document {
	d := engine.Document{ID: r.ID, Title: r.Headline, Skills: listOf[string](r.Skills), Published: r.Updated.Time(), Years: r.Years}
	d.Company, d.Body = r.career()
	var places []gazetteer.Place
	if place, ok := gazetteer.Resolve(r.Location); ok {
		places = append(places, place)
	}
	values := map[string][]string{
		"user": {r.User}, "visibility": {r.Visibility}, "appliedTo": listOf[string](r.AppliedTo), "skills": lower(d.Skills),
		"jobType": listOf[string](r.JobTypes), "workplace": listOf[string](r.Workplaces), "openToWork": {fmt.Sprint(r.OpenToWork)},
		"place": r.places(&d, places),
	}
	markPlaceless(values, places)
	if r.Active {
		values["account"] = []string{"active"}
	}
	for _, pair := range listOf[[2]string](r.Interests) {
		values["fieldId"] = append(values["fieldId"], pair[0])
		values["field"] = append(values["field"], pair[1])
	}
	if len(values["skills"])+len(values["fieldId"]) == 0 {
		values[Topicless] = []string{Topicless}
	}
	for field, list := range values {
		values[field] = clean(list)
	}
	d.Values = values
	return d
}

// career returns the companies that the candidate has worked for, and the text of the whole profile as HTML.
func (r *candidateRow) career() (companies, body string) {
	var out strings.Builder
	out.WriteString(r.Summary)
	addParagraphs := func(texts ...string) {
		for _, text := range texts {
			out.WriteString("<p>" + html.EscapeString(text) + "</p>")
		}
	}
	var names []string
	for _, p := range listOf[collections.Position](r.Experience) {
		names = append(names, p.Company)
		addParagraphs(p.Title)
		out.WriteString(p.Description) // HTML, which was sanitised when it was saved
	}
	for _, s := range listOf[collections.Education](r.Education) {
		addParagraphs(s.School, s.Degree, s.Field)
	}
	return strings.Join(names, "; "), out.String()
}

// places returns the document's values for place filters, and sets its coordinates.
func (r *candidateRow) places(d *engine.Document, places []gazetteer.Place) []string {
	values := placeTexts(r.Location)
	for _, place := range places {
		values = append(values, placeKeys(place)...)
	}
	var at types.GeoPoint
	if err := at.Scan(r.Coordinates); err == nil && (at.Lat != 0 || at.Lon != 0) &&
		at.Lat >= -90 && at.Lat <= 90 && at.Lon >= -180 && at.Lon <= 180 {
		d.Points = []engine.Point{{Lat: at.Lat, Lon: at.Lon}}
	}
	return values
}
