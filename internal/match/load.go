package match

import (
	"encoding/json"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// JobOf reads what matters of a job record.
func JobOf(record *core.Record) (Job, error) {
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
	for field, target := range map[string]any{"skills": &job.Skills, "locations": &job.Places, "applicantCountries": &job.Countries} {
		if err := decode(record.GetString(field), target); err != nil {
			return Job{}, fmt.Errorf("read %s of job %s: %w", field, record.Id, err)
		}
	}
	return job, nil
}

// wishRow is a person's profile as stored, with the interests. People without a profile have empty columns.
type wishRow struct {
	User, Interests, Skills, JobTypes, Workplaces, Places, Home, HomePoint string
	Years                                                                  float64
}

func (row wishRow) wish() (Wish, error) {
	wish := Wish{User: row.User, Home: row.Home, Years: row.Years}
	for text, target := range map[string]any{
		row.Interests: &wish.Interests, row.Skills: &wish.Skills, row.JobTypes: &wish.JobTypes,
		row.Workplaces: &wish.Workplaces, row.Places: &wish.Places, row.HomePoint: &wish.HomePoint,
	} {
		if err := decode(text, target); err != nil {
			return Wish{}, fmt.Errorf("read the wishes of user %s: %w", row.User, err)
		}
	}
	return wish, nil
}

func decode(text string, target any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), target)
}

// loadWishes reads the wishes of active job seekers among users, in the order of their ids.
func loadWishes(app core.App, users []string) ([]Wish, error) {
	if len(users) == 0 {
		return nil, nil
	}
	ids, err := json.Marshal(users)
	if err != nil {
		return nil, fmt.Errorf("encode user ids: %w", err)
	}
	var rows []wishRow
	err = app.DB().NewQuery(`
		SELECT u.id AS [[user]],
			(SELECT json_group_array(field) FROM (
				SELECT field FROM {{job_seeker_interests}} WHERE seeker = u.id ORDER BY field)) AS interests,
			COALESCE(p.skills, '') AS skills,
			COALESCE(p.[[preferredJobTypes]], '') AS [[job_types]],
			COALESCE(p.[[preferredWorkplaces]], '') AS workplaces,
			COALESCE(p.[[preferredLocations]], '') AS places,
			COALESCE(p.location, '') AS home,
			COALESCE(p.coordinates, '') AS [[home_point]],
			COALESCE(p.[[experienceYears]], 0) AS years
		FROM json_each({:ids}) wanted
		JOIN {{users}} u ON u.id = wanted.value AND u.role = {:role} AND u.[[deactivatedAt]] = ''
		LEFT JOIN {{job_seekers}} p ON p.[[user]] = u.id
		ORDER BY u.id`).
		Bind(dbx.Params{"ids": string(ids), "role": collections.RoleJobSeeker}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("load the wishes of %d users: %w", len(users), err)
	}
	wishes := make([]Wish, len(rows))
	for i, row := range rows {
		if wishes[i], err = row.wish(); err != nil {
			return nil, err
		}
	}
	return wishes, nil
}

// loadJobs reads the published jobs among ids.
func loadJobs(app core.App, ids []string) ([]Job, error) {
	records, err := app.FindRecordsByIds(collections.Jobs, ids)
	if err != nil {
		return nil, fmt.Errorf("load %d jobs to match: %w", len(ids), err)
	}
	jobs := make([]Job, 0, len(records))
	for _, record := range records {
		job, err := JobOf(record)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// loadNames reads the names of all fields of interest; there are hundreds, not thousands.
func loadNames(app core.App) (names, error) {
	var rows []struct{ ID, Name string }
	if err := app.DB().Select("id", "name").From(collections.FieldsOfInterest).All(&rows); err != nil {
		return nil, fmt.Errorf("load the names of fields of interest: %w", err)
	}
	byID := make(map[string]string, len(rows))
	for _, row := range rows {
		byID[row.ID] = row.Name
	}
	return func(id string) string { return byID[id] }, nil
}
