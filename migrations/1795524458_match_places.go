package migrations

import (
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Seekers who have said where, but not what, are told of jobs there: they are listed under the places they prefer, l:<the
// text in lower case> and l:<its part before the first comma>, beside the terms of 1764000500_match_terms.go.
func init() {
	const (
		skills     = "json_each(iif(json_valid(p.skills), p.skills, '[]')) v"
		jobTypes   = "json_each(iif(json_valid(p.preferredJobTypes), p.preferredJobTypes, '[]')) v"
		workplaces = "json_each(iif(json_valid(p.preferredWorkplaces), p.preferredWorkplaces, '[]')) v"
		places     = "json_each(iif(json_valid(p.preferredLocations), p.preferredLocations, '[]')) v"

		// As before: by circumstances are listed only those who name neither skills nor interests, by the first they state.
		noTopics     = `NOT EXISTS (SELECT 1 FROM ` + skills + `) AND NOT EXISTS (SELECT 1 FROM job_seeker_interests i WHERE i.seeker = p.user)`
		noTypes      = noTopics + ` AND NOT EXISTS (SELECT 1 FROM ` + jobTypes + `)`
		noWorkplaces = noTypes + ` AND NOT EXISTS (SELECT 1 FROM ` + workplaces + `)`
	)
	fill := func(condition string) string {
		on := func(column string) string { return strings.ReplaceAll(condition, "{user}", column) }
		return `INSERT OR IGNORE INTO seeker_terms (term, seeker)
			SELECT 'f:' || i.field, i.seeker FROM job_seeker_interests i WHERE ` + on("i.seeker") + `
			UNION ALL SELECT 's:' || v.value, p.user FROM job_seekers p, ` + skills + ` WHERE ` + on("p.user") + `
			UNION ALL SELECT 'p:' || v.value, p.user FROM job_seekers p, ` + jobTypes + ` WHERE ` + on("p.user") + ` AND ` + noTopics + `
			UNION ALL SELECT 'p:' || v.value, p.user FROM job_seekers p, ` + workplaces + ` WHERE ` + on("p.user") + ` AND ` + noTypes + `
			UNION ALL SELECT 'l:' || lower(trim(v.value)), p.user FROM job_seekers p, ` + places + ` WHERE ` + on("p.user") + ` AND ` + noWorkplaces + `
			UNION ALL SELECT 'l:' || lower(trim(substr(v.value, 1, instr(v.value, ',') - 1))), p.user FROM job_seekers p, ` + places + `
				WHERE instr(v.value, ',') > 1 AND ` + on("p.user") + ` AND ` + noWorkplaces + `;`
	}
	refill := func(user string) string {
		return "DELETE FROM seeker_terms WHERE seeker = " + user + ";" + fill("{user} = "+user)
	}
	changed := func(columns ...string) string {
		for i, column := range columns {
			columns[i] = fmt.Sprintf("NEW.%[1]s IS NOT OLD.%[1]s", column)
		}
		return strings.Join(columns, " OR ")
	}

	steps := []string{
		`DROP TRIGGER seeker_terms_on_profile_insert`,
		`DROP TRIGGER seeker_terms_on_profile_update`,
		`DROP TRIGGER seeker_terms_on_interest_insert`,
		`DROP TRIGGER seeker_terms_on_interest_update`,
		`DROP TRIGGER seeker_terms_on_interest_delete`,
		`CREATE TRIGGER seeker_terms_on_profile_insert AFTER INSERT ON job_seekers BEGIN ` + refill("NEW.user") + ` END`,
		`CREATE TRIGGER seeker_terms_on_profile_update
			AFTER UPDATE OF user, skills, preferredJobTypes, preferredWorkplaces, preferredLocations ON job_seekers
			WHEN ` + changed("user", "skills", "preferredJobTypes", "preferredWorkplaces", "preferredLocations") + `
			BEGIN ` + refill("OLD.user") + refill("NEW.user") + ` END`,
		`CREATE TRIGGER seeker_terms_on_interest_insert AFTER INSERT ON job_seeker_interests BEGIN ` + refill("NEW.seeker") + ` END`,
		`CREATE TRIGGER seeker_terms_on_interest_update AFTER UPDATE OF seeker, field ON job_seeker_interests
			WHEN ` + changed("seeker", "field") + ` BEGIN ` + refill("OLD.seeker") + refill("NEW.seeker") + ` END`,
		`CREATE TRIGGER seeker_terms_on_interest_delete AFTER DELETE ON job_seeker_interests BEGIN ` + refill("OLD.seeker") + ` END`,
		fill("{user} != ''"),
	}
	m.Register(func(app core.App) error {
		for _, step := range steps {
			if _, err := app.NonconcurrentDB().NewQuery(step).Execute(); err != nil {
				return fmt.Errorf("%.60s...: %w", step, err)
			}
		}
		return nil
	}, nil)
}
