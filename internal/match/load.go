package match

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/workflow"
)

// JobOf returns what matters for matching of a job record.
func JobOf(app core.App, record *core.Record) (Job, error) {
	job := Job{
		ID:          record.Id,
		Fields:      record.GetStringSlice("fields"),
		JobType:     record.GetString("jobType"),
		Workplace:   record.GetString("workplace"),
		Level:       record.GetString("experienceLevel"),
		PublishedAt: record.GetString("publishedAt"),
	}
	if industry := record.GetString("industry"); industry != "" {
		job.Fields = append(job.Fields, industry)
	}
	roles, err := newRoleReader(app)
	if err != nil {
		return Job{}, err
	}
	job.Title = roles.ofTitle(record.GetString("title"))
	for field, target := range map[string]any{"skills": &job.Skills, "locations": &job.Places, "applicantCountries": &job.Countries} {
		if err := decode(record.GetString(field), target); err != nil {
			return Job{}, fmt.Errorf("read %s of job %s: %w", field, record.Id, err)
		}
	}
	return job, nil
}

// preferencesRow is a person's profile as stored, with the interests. People without a profile have empty columns.
type preferencesRow struct {
	User, Profile, Interests, Skills, JobTypes, Workplaces, Places, Home, HomePoint, Headline, Experience string
	Years                                                                                                 float64
}

func (row preferencesRow) preferences(roles roleReader) (Preferences, error) {
	prefs := Preferences{User: row.User, Profile: row.Profile, Home: row.Home, Years: row.Years}
	err := errors.Join(decode(row.Interests, &prefs.Interests), decode(row.Skills, &prefs.Skills), decode(row.JobTypes, &prefs.JobTypes),
		decode(row.Workplaces, &prefs.Workplaces), decode(row.Places, &prefs.Places), decode(row.HomePoint, &prefs.HomePoint))
	var positions []collections.Position
	err = errors.Join(err, decode(row.Experience, &positions))
	if err != nil {
		return Preferences{}, fmt.Errorf("read the preferences of user %s: %w", row.User, err)
	}
	prefs.Roles = roles.of(row.Headline)
	for _, position := range positions[:min(maxPositions, len(positions))] {
		prefs.Roles = append(prefs.Roles, roles.of(position.Title)...)
	}
	return prefs, nil
}

func decode(text string, target any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), target)
}

// Whom preferences are read of: the users, or the profiles, with the wanted ids. Each is looked up by its index, whatever the
// planner's statistics say.
const (
	ofUsers = `CROSS JOIN {{users}} u INDEXED BY [[sqlite_autoindex_users_1]] ON u.id = wanted.value
		LEFT JOIN {{job_seekers}} p INDEXED BY [[idx_job_seekers_user]] ON p.[[user]] = u.id`
	ofProfiles = `CROSS JOIN {{job_seekers}} p INDEXED BY [[sqlite_autoindex_job_seekers_1]] ON p.id = wanted.value
		CROSS JOIN {{users}} u INDEXED BY [[sqlite_autoindex_users_1]] ON u.id = p.[[user]]`
)

// loadPreferences reads the preferences of the active job seekers among those with some ids, in the order of the ids.
func loadPreferences(app core.App, of string, wanted []string) ([]Preferences, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	ids, err := json.Marshal(wanted)
	if err != nil {
		return nil, fmt.Errorf("encode the ids: %w", err)
	}
	var rows []preferencesRow
	err = app.DB().NewQuery(`
		SELECT u.id AS [[user]], COALESCE(p.id, '') AS profile,
			(SELECT json_group_array(field) FROM (
				SELECT field FROM {{job_seeker_interests}} WHERE seeker = u.id ORDER BY field)) AS interests,
			COALESCE(p.skills, '') AS skills,
			COALESCE(p.[[preferredJobTypes]], '') AS [[job_types]],
			COALESCE(p.[[preferredWorkplaces]], '') AS workplaces,
			COALESCE(p.[[preferredLocations]], '') AS places,
			COALESCE(p.location, '') AS home,
			COALESCE(p.coordinates, '') AS [[home_point]],
			COALESCE(p.headline, '') AS headline,
			COALESCE(p.experience, '') AS experience,
			COALESCE(p.[[experienceYears]], 0) AS years
		FROM json_each({:ids}) wanted
		` + of + `
		WHERE u.role = {:role} AND u.[[deactivatedAt]] = ''
		ORDER BY wanted.key`).
		Bind(dbx.Params{"ids": string(ids), "role": collections.RoleJobSeeker}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("load the preferences of %d people: %w", len(wanted), err)
	}
	roles, err := newRoleReader(app)
	if err != nil {
		return nil, err
	}
	preferences := make([]Preferences, len(rows))
	for i, row := range rows {
		if preferences[i], err = row.preferences(roles); err != nil {
			return nil, err
		}
	}
	return preferences, nil
}

// jobRow is what matters of a job as stored; without the description, which is most of a record.
type jobRow struct {
	ID, Title, Fields, Industry, Skills, JobType, Workplace, Level, Places, Countries, PublishedAt string
}

func (row jobRow) job(roles roleReader) (Job, error) {
	job := Job{ID: row.ID, JobType: row.JobType, Workplace: row.Workplace, Level: row.Level, PublishedAt: row.PublishedAt}
	err := errors.Join(decode(row.Fields, &job.Fields), decode(row.Skills, &job.Skills), decode(row.Places, &job.Places),
		decode(row.Countries, &job.Countries))
	if err != nil {
		return Job{}, fmt.Errorf("read job %s: %w", row.ID, err)
	}
	if row.Industry != "" {
		job.Fields = append(job.Fields, row.Industry)
	}
	job.Title = roles.ofTitle(row.Title)
	return job, err
}

// loadJobs reads the published jobs among ids, in their order.
func loadJobs(app core.App, ids []string) ([]Job, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("encode job ids: %w", err)
	}
	var rows []jobRow
	err = app.DB().NewQuery(`
		SELECT j.id, j.title, COALESCE(j.fields, '') AS fields, j.industry, COALESCE(j.skills, '') AS skills, j.[[jobType]] AS [[job_type]],
			j.workplace, j.[[experienceLevel]] AS level, COALESCE(j.locations, '') AS places,
			COALESCE(j.[[applicantCountries]], '') AS countries, j.[[publishedAt]] AS [[published_at]]
		FROM json_each({:ids}) wanted
		CROSS JOIN {{jobs}} j INDEXED BY [[sqlite_autoindex_jobs_1]] ON j.id = wanted.value AND j.status = {:published}
		ORDER BY wanted.key`).
		Bind(dbx.Params{"ids": string(list), "published": workflow.Published}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("load %d jobs to match: %w", len(ids), err)
	}
	roles, err := newRoleReader(app)
	if err != nil {
		return nil, err
	}
	jobs := make([]Job, len(rows))
	for i, row := range rows {
		if jobs[i], err = row.job(roles); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

// loadNames reads the names of fields of interest: those on one side of a match are all that both sides can share.
func loadNames(app core.App, ids []string) (names, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("encode the ids of fields of interest: %w", err)
	}
	var rows []struct{ ID, Name string }
	err = app.DB().NewQuery(`SELECT f.id, f.name FROM json_each({:ids}) wanted
		CROSS JOIN {{fields_of_interest}} f INDEXED BY [[sqlite_autoindex_fields_of_interest_1]] ON f.id = wanted.value`).
		Bind(dbx.Params{"ids": string(list)}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("load the names of fields of interest: %w", err)
	}
	byID := make(map[string]string, len(rows))
	for _, row := range rows {
		byID[row.ID] = row.Name
	}
	return func(id string) string { return byID[id] }, nil
}
