package main

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver that the board has

	"jobboard/collections"
)

const (
	adminEmail    = "bench@example.com"
	adminPassword = "bench-password"
	timeLayout    = "2006-01-02 15:04:05.000Z"
)

func (r *run) data() string { return filepath.Join(r.dir, "pb_data") }

// fill creates the board: the binary creates the tables, and the jobs are inserted directly. The triggers are off meanwhile,
// because the index will be built from scratch anyway and nobody must be notified of so many new jobs. A board that was kept
// from an earlier run is used as it is.
func (r *run) fill() error {
	done := filepath.Join(r.dir, "filled")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	if err := os.RemoveAll(r.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return err
	}
	for _, args := range [][]string{{"migrate", "up"}, {"superuser", "upsert", adminEmail, adminPassword}} {
		if out, err := exec.Command(r.binary, append(args, "--dir", r.data())...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s %v: %w: %s", r.binary, args, err, out)
		}
	}
	db, err := openDB(filepath.Join(r.data(), "data.db"), "synchronous(OFF)", "cache_size(-200000)")
	if err != nil {
		return err
	}
	defer db.Close()
	triggers, err := dropTriggers(db, "%")
	if err != nil {
		return err
	}
	if err := r.corpus.write(db); err != nil {
		return err
	}
	if err := execAll(db, append(triggers, "PRAGMA wal_checkpoint(TRUNCATE)", "ANALYZE")...); err != nil {
		return err
	}
	return os.WriteFile(done, nil, 0o600)
}

// openDB opens a database with a single connection, to which the pragmas apply.
func openDB(path string, pragmas ...string) (*sql.DB, error) {
	dsn := "file:" + path + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)"
	for _, p := range pragmas {
		dsn += "&_pragma=" + p
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, db.Ping()
}

func execAll(db *sql.DB, statements ...string) error {
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// dropTriggers drops the triggers of the jobs that match a pattern, and returns the statements that create them again.
func dropTriggers(db *sql.DB, like string) (create []string, err error) {
	rows, err := db.Query(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'jobs' AND name LIKE ?`, like)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var drop []string
	for rows.Next() {
		var name, statement string
		if err := rows.Scan(&name, &statement); err != nil {
			return nil, err
		}
		drop, create = append(drop, "DROP TRIGGER "+name), append(create, statement)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	if len(drop) == 0 {
		return nil, fmt.Errorf("the jobs have no triggers %s", like)
	}
	return create, execAll(db, drop...)
}

func (c *corpus) write(db *sql.DB) error {
	industries, err := texts(db, "SELECT id FROM fields_of_interest WHERE kind = 'industry' ORDER BY slug")
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // no effect after the commit
	_, err = tx.Exec(`INSERT INTO users (id, email, name, role, password, tokenKey, created, updated)
		VALUES ('own000000000000', 'owner@example.com', 'Owner', 'employer', '', 'bench-owner', ?1, ?1)`, now.Format(timeLayout))
	if err != nil {
		return err
	}
	insert, err := tx.Prepare(`INSERT INTO employers (id, owner, name, slug, created, updated)
		VALUES (?1, 'own000000000000', ?2, ?1, ?3, ?3)`)
	if err != nil {
		return err
	}
	for i := range c.employers() {
		if _, err := insert.Exec(employerID(i), c.company(i), now.Format(timeLayout)); err != nil {
			return err
		}
	}
	insert, err = tx.Prepare(insertJob)
	if err != nil {
		return err
	}
	for i := range c.jobs {
		j := c.job(i, now)
		if _, err := insert.Exec(j.row(industries)...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

const insertJob = `INSERT INTO jobs (id, employer, title, description, locations, location, workplace, applicantCountries, jobType,
	experienceLevel, industry, fields, skills, salaryMin, salaryMax, salaryCurrency, salaryPeriod, status, publishedAt, questions,
	created, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '[]', ?8, ?9, ?10, '[]', ?11, ?12, ?13, ?14, ?15, ?16, ?17, '[]', ?17, ?17)`

func (j *job) row(industries []string) []any {
	var locations []collections.Location
	for _, p := range j.places {
		locations = append(locations, collections.Location{
			Name: p.Name, City: p.City, Region: p.Region, Country: p.Country, Lat: &p.Lat, Lon: &p.Lon,
		})
	}
	return []any{j.id, j.employer, j.title, j.description, jsonOf(locations), j.places[0].Name, j.Workplace, j.JobType, j.ExperienceLevel,
		industries[j.industry%len(industries)], jsonOf(append([]string{}, j.skills...)), j.SalaryMin, j.SalaryMax, j.SalaryCurrency,
		j.SalaryPeriod, j.status, j.published.Format(timeLayout)}
}

func texts(db *sql.DB, query string, args ...any) ([]string, error) {
	rows, err := db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}
