package migrations

import (
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Side tables for matching jobs and seekers by what they have in common, and the list of jobs whose seekers are still to
// be told. Triggers keep them in the transaction of the change, whoever makes it.
func init() {
	const (
		skills     = "json_each(iif(json_valid(p.skills), p.skills, '[]')) v"
		jobTypes   = "json_each(iif(json_valid(p.preferredJobTypes), p.preferredJobTypes, '[]')) v"
		workplaces = "json_each(iif(json_valid(p.preferredWorkplaces), p.preferredWorkplaces, '[]')) v"

		// Only seekers who name neither skills nor interests are listed by circumstances: else the commonest job type would
		// list nearly everybody.
		noTopics = `NOT EXISTS (SELECT 1 FROM ` + skills + `) AND NOT EXISTS (SELECT 1 FROM job_seeker_interests i WHERE i.seeker = p.user)`
	)
	// fill lists the terms of the seekers for whom the condition on {user} holds.
	fill := func(condition string) string {
		on := func(column string) string { return strings.ReplaceAll(condition, "{user}", column) }
		return `INSERT OR IGNORE INTO seeker_terms (term, seeker)
			SELECT 'f:' || i.field, i.seeker FROM job_seeker_interests i WHERE ` + on("i.seeker") + `
			UNION ALL SELECT 's:' || v.value, p.user FROM job_seekers p, ` + skills + ` WHERE ` + on("p.user") + `
			UNION ALL SELECT 'p:' || v.value, p.user FROM job_seekers p, ` + jobTypes + ` WHERE ` + on("p.user") + ` AND ` + noTopics + `
			UNION ALL SELECT 'p:' || v.value, p.user FROM job_seekers p, ` + workplaces + ` WHERE ` + on("p.user") + ` AND ` + noTopics + `
				AND NOT EXISTS (SELECT 1 FROM ` + jobTypes + `);`
	}
	refill := func(user string) string {
		return "DELETE FROM seeker_terms WHERE seeker = " + user + ";" + fill("{user} = "+user)
	}

	fillJob := func(condition string) string {
		return `INSERT OR IGNORE INTO job_terms (term, publishedAt, job)
			SELECT 'f:' || v.value, j.publishedAt, j.id FROM jobs j, json_each(iif(json_valid(j.fields), j.fields, '[]')) v WHERE ` + condition + `
			UNION ALL SELECT 'f:' || j.industry, j.publishedAt, j.id FROM jobs j WHERE ` + condition + ` AND j.industry != ''
			UNION ALL SELECT 's:' || v.value, j.publishedAt, j.id FROM jobs j, json_each(iif(json_valid(j.skills), j.skills, '[]')) v WHERE ` + condition + `
			UNION ALL SELECT 'p:' || j.jobType, j.publishedAt, j.id FROM jobs j WHERE ` + condition + `
			UNION ALL SELECT 'p:' || j.workplace, j.publishedAt, j.id FROM jobs j WHERE ` + condition + `;`
	}
	const newJob = "j.id = NEW.id AND j.status = 'published'"
	changed := func(columns ...string) string {
		for i, column := range columns {
			columns[i] = fmt.Sprintf("NEW.%[1]s IS NOT OLD.%[1]s", column)
		}
		return strings.Join(columns, " OR ")
	}

	steps := []string{
		`CREATE TABLE seeker_terms (term TEXT NOT NULL, seeker TEXT NOT NULL, PRIMARY KEY (term, seeker)) WITHOUT ROWID`,
		`CREATE INDEX idx_seeker_terms_seeker ON seeker_terms (seeker)`,
		`CREATE TRIGGER seeker_terms_on_profile_insert AFTER INSERT ON job_seekers BEGIN ` + refill("NEW.user") + ` END`,
		`CREATE TRIGGER seeker_terms_on_profile_update
			AFTER UPDATE OF user, skills, preferredJobTypes, preferredWorkplaces ON job_seekers
			WHEN ` + changed("user", "skills", "preferredJobTypes", "preferredWorkplaces") + `
			BEGIN ` + refill("OLD.user") + refill("NEW.user") + ` END`,
		`CREATE TRIGGER seeker_terms_on_profile_delete AFTER DELETE ON job_seekers BEGIN ` + refill("OLD.user") + ` END`,
		`CREATE TRIGGER seeker_terms_on_interest_insert AFTER INSERT ON job_seeker_interests BEGIN ` + refill("NEW.seeker") + ` END`,
		`CREATE TRIGGER seeker_terms_on_interest_update AFTER UPDATE OF seeker, field ON job_seeker_interests
			WHEN ` + changed("seeker", "field") + ` BEGIN ` + refill("OLD.seeker") + refill("NEW.seeker") + ` END`,
		`CREATE TRIGGER seeker_terms_on_interest_delete AFTER DELETE ON job_seeker_interests BEGIN ` + refill("OLD.seeker") + ` END`,
		fill("{user} != ''"),

		`CREATE TABLE job_terms (term TEXT NOT NULL, publishedAt TEXT NOT NULL, job TEXT NOT NULL, PRIMARY KEY (term, publishedAt DESC, job)) WITHOUT ROWID`,
		`CREATE INDEX idx_job_terms_job ON job_terms (job)`,
		`CREATE TRIGGER job_terms_on_insert AFTER INSERT ON jobs WHEN NEW.status = 'published' BEGIN ` + fillJob(newJob) + ` END`,
		`CREATE TRIGGER job_terms_on_update
			AFTER UPDATE OF status, publishedAt, fields, industry, skills, jobType, workplace ON jobs
			WHEN (NEW.status = 'published' OR OLD.status = 'published') AND
				(` + changed("status", "publishedAt", "fields", "industry", "skills", "jobType", "workplace") + `)
			BEGIN DELETE FROM job_terms WHERE job = OLD.id; ` + fillJob(newJob) + ` END`,
		`CREATE TRIGGER job_terms_on_delete AFTER DELETE ON jobs BEGIN DELETE FROM job_terms WHERE job = OLD.id; END`,
		fillJob("j.status = 'published'"),

		// A row is a job whose seekers are being told: stage and cursor say how far. The row goes when all are.
		`CREATE TABLE fanouts (
			job TEXT PRIMARY KEY NOT NULL,
			stage TEXT NOT NULL DEFAULT 'seekers',
			cursor TEXT NOT NULL DEFAULT '',
			queued TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ'))
		) WITHOUT ROWID`,
		`CREATE TRIGGER fanouts_on_insert AFTER INSERT ON jobs WHEN NEW.status = 'published'
			BEGIN INSERT OR REPLACE INTO fanouts (job) VALUES (NEW.id); END`,
		`CREATE TRIGGER fanouts_on_publish AFTER UPDATE OF status ON jobs WHEN NEW.status = 'published' AND OLD.status != 'published'
			BEGIN INSERT OR REPLACE INTO fanouts (job) VALUES (NEW.id); END`,
		`CREATE TRIGGER fanouts_on_delete AFTER DELETE ON jobs BEGIN DELETE FROM fanouts WHERE job = OLD.id; END`,

		// The deadline that the people around a job were last reminded of.
		`CREATE TABLE job_reminders (job TEXT PRIMARY KEY NOT NULL, deadline TEXT NOT NULL) WITHOUT ROWID`,
		`CREATE TRIGGER job_reminders_on_delete AFTER DELETE ON jobs BEGIN DELETE FROM job_reminders WHERE job = OLD.id; END`,
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
