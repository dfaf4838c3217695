package main

import (
	"database/sql"
	"fmt"
	"time"

	"jobboard/collections"
	"jobboard/internal/benchboard"
	"jobboard/internal/workflow"
)

// The people of the board. Readers have applications and notifications and read them, applicants apply while the board is measured,
// and the crowd has applied to the busy jobs.
const (
	readers    = 32
	applicants = 32
	crowd      = 30
	busyJobs   = 8
	teams      = 8  // employers whose jobs the readers have applied to
	applied    = 30 // applications of each reader
	notified   = 100
	adminID    = "adm000000000000"
	minSize    = 1_000
)

func seekerID(i int) string       { return fmt.Sprintf("skr%012d", i) }
func applicationID(i int) string  { return fmt.Sprintf("app%012d", i) }
func notificationID(i int) string { return fmt.Sprintf("ntf%012d", i) }

// job is a job that the readers or the crowd have applied to.
type job struct{ id, owner string }

// teamJobs returns the published jobs of the teams.
func teamJobs(db *sql.DB) ([]job, error) {
	return jobsOf(db, `SELECT j.id, e.owner FROM jobs j JOIN employers e ON e.id = j.employer
		WHERE j.status = 'published' AND e.id < ? ORDER BY j.id`, benchboard.EmployerID(teams))
}

// crowdedJobs returns the busy jobs, each of another employer.
func crowdedJobs(db *sql.DB) ([]job, error) {
	return jobsOf(db, `SELECT min(j.id), e.owner FROM jobs j JOIN employers e ON e.id = j.employer
		WHERE j.status = 'published' AND e.id >= ? AND e.id < ? GROUP BY e.id`,
		benchboard.EmployerID(teams), benchboard.EmployerID(teams+busyJobs))
}

func jobsOf(db *sql.DB, query string, args ...any) (list []job, err error) {
	rows, err := db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var j job
		if err := rows.Scan(&j.id, &j.owner); err != nil {
			return nil, err
		}
		list = append(list, j)
	}
	return list, rows.Err()
}

// seed writes the people, and what they have done so far.
func (r *run) seed(db *sql.DB) error {
	pool, err := teamJobs(db)
	if err != nil {
		return err
	}
	busy, err := crowdedJobs(db)
	if err != nil {
		return err
	}
	if len(pool) < applied || len(busy) < busyJobs {
		return fmt.Errorf("%d and %d jobs to apply to are too few; take a larger size", len(pool), len(busy))
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // no effect after the commit
	if err := seedPeople(tx); err != nil {
		return err
	}
	n := 0
	apply := func(seeker int, j job) error {
		n++
		return seedApplication(tx, applicationID(n-1), j.id, seekerID(seeker))
	}
	for reader := range readers {
		for i := range applied {
			if err := apply(reader, pool[(reader*6+i)%len(pool)]); err != nil {
				return err
			}
		}
		for i := range notified {
			_, err := tx.Exec(`INSERT INTO notifications (id, user, kind, title, data, mail, created, updated)
				VALUES (?1, ?2, ?3, 'Your application is now in review', '{}', 'none', ?4, ?4)`,
				notificationID(reader*notified+i), seekerID(reader), collections.KindApplicationStatusChanged, ago(i))
			if err != nil {
				return err
			}
		}
	}
	for _, j := range busy {
		for i := range crowd {
			if err := apply(readers+applicants+i, j); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// ago returns the time i minutes ago as the database has it.
func ago(i int) string {
	return time.Now().UTC().Add(-time.Duration(i) * time.Minute).Format(benchboard.TimeLayout)
}

func seedPeople(tx *sql.Tx) error {
	users, err := benchboard.NewUsers(tx)
	if err != nil {
		return err
	}
	if err := users.Insert(adminID, "Admin", collections.RoleAdmin); err != nil {
		return err
	}
	for i := range readers + applicants + crowd {
		if err := users.Insert(seekerID(i), fmt.Sprint("Seeker ", i), collections.RoleJobSeeker); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO job_seekers (user, headline, summary, skills, experienceYears, preferredWorkplaces, visibility,
				created, updated)
			VALUES (?, 'Senior Engineer', '<p>Ten years of experience.</p>', '["python","sql"]', 10, ?, ?, ?4, ?4)`,
			seekerID(i), `["remote"]`, collections.VisibilityAppliedOnly, ago(0))
		if err != nil {
			return err
		}
	}
	return nil
}

func seedApplication(tx *sql.Tx, id, job, seeker string) error {
	_, err := tx.Exec(insertApplication, id, job, seeker, workflow.Submitted, coverLetter, ago(0))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(insertEvent, "", workflow.Submitted, id, seeker, ago(0)); err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE jobs SET applicationCount = applicationCount + 1 WHERE id = ?", job)
	return err
}

const (
	coverLetter       = "I have done this for ten years and would like to do it for you."
	insertApplication = `INSERT INTO applications (id, job, seeker, status, coverLetter, submittedAt, created, updated)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6)`
	insertEvent = "INSERT INTO application_events (`from`, `to`, application, actor, created, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?5)"
)
