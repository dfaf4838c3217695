package benchboard

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
	// Password is that of the superuser and of all users.
	Password = "bench-password"
	// TimeLayout is the form in which the database keeps times.
	TimeLayout = "2006-01-02 15:04:05.000Z"

	superuserEmail = "bench@example.com"
)

// Board is a board of generated jobs in a folder of its own.
type Board struct {
	Binary string
	Dir    string
	Corpus *Corpus
	// Env has more environment variables for the server.
	Env []string
	// Seed writes more rows into a new board, if it is set. Only the triggers of jobs are off meanwhile.
	Seed func(*sql.DB) error
}

// Data returns the board's data folder.
func (b *Board) Data() string { return filepath.Join(b.Dir, "pb_data") }

// Fill creates the board: the binary creates the tables, and the jobs are inserted directly. The triggers are off meanwhile,
// because the index will be built from scratch anyway and nobody must be notified of so many new jobs. A board that was kept
// from an earlier run is used as it is.
//
// The planner's statistics are left to the board. A plain ANALYZE would write more of them than the board does (sqlite_stat4), and then
// SQLite prepares a kept statement again whenever a value is bound to it.
func (b *Board) Fill() error {
	done := filepath.Join(b.Dir, "filled")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	if err := os.RemoveAll(b.Dir); err != nil {
		return err
	}
	if err := os.MkdirAll(b.Dir, 0o700); err != nil {
		return err
	}
	for _, args := range [][]string{{"migrate", "up"}, {"superuser", "upsert", superuserEmail, Password}} {
		if out, err := exec.Command(b.Binary, append(args, "--dir", b.Data())...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s %v: %w: %s", b.Binary, args, err, out)
		}
	}
	db, err := OpenDB(filepath.Join(b.Data(), "data.db"), "synchronous(OFF)", "cache_size(-200000)")
	if err != nil {
		return err
	}
	defer db.Close()
	triggers, err := DropTriggers(db, "%")
	if err != nil {
		return err
	}
	if err := b.Corpus.write(db); err != nil {
		return err
	}
	if b.Seed != nil {
		if err := b.Seed(db); err != nil {
			return fmt.Errorf("seed: %w", err)
		}
	}
	if err := ExecAll(db, countJobs); err != nil { // as the triggers would have
		return err
	}
	if err := ExecAll(db, append(triggers, "PRAGMA wal_checkpoint(TRUNCATE)")...); err != nil {
		return err
	}
	return os.WriteFile(done, nil, 0o600)
}

const countJobs = `INSERT INTO job_counts (status, jobType, workplace, experienceLevel, industry, n)
	SELECT status, jobType, workplace, experienceLevel, industry, count(*) FROM jobs GROUP BY 1, 2, 3, 4, 5`

// OpenDB opens a database with a single connection, to which the pragmas apply.
func OpenDB(path string, pragmas ...string) (*sql.DB, error) {
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

// ExecAll runs statements one after the other.
func ExecAll(db *sql.DB, statements ...string) error {
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// DropTriggers drops the triggers of the jobs that match a pattern, and returns the statements that create them again.
func DropTriggers(db *sql.DB, like string) (create []string, err error) {
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
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(drop) == 0 {
		return nil, fmt.Errorf("the jobs have no triggers %s", like)
	}
	return create, ExecAll(db, drop...)
}

func (c *Corpus) write(db *sql.DB) error {
	industries, err := Texts(db, "SELECT id FROM fields_of_interest WHERE kind = 'industry' ORDER BY slug")
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // no effect after the commit
	if err := c.writeEmployers(tx, now); err != nil {
		return err
	}
	insert, err := tx.Prepare(InsertJob)
	if err != nil {
		return err
	}
	for i := range c.Jobs {
		j := c.Job(i, now)
		if _, err := insert.Exec(j.Row(industries)...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// writeEmployers writes the employers, each with an owner of its own.
func (c *Corpus) writeEmployers(tx *sql.Tx, now time.Time) error {
	users, err := NewUsers(tx)
	if err != nil {
		return err
	}
	insert, err := tx.Prepare(`INSERT INTO employers (id, owner, name, slug, created, updated) VALUES (?1, ?2, ?3, ?1, ?4, ?4)`)
	if err != nil {
		return err
	}
	for i := range c.Employers() {
		owner := OwnerID(i)
		if err := users.Insert(owner, "Owner", collections.RoleEmployer); err != nil {
			return err
		}
		if _, err := insert.Exec(EmployerID(i), owner, c.company(i), now.Format(TimeLayout)); err != nil {
			return err
		}
	}
	return nil
}

// InsertJob is the statement for a row of Job.
const InsertJob = `INSERT INTO jobs (id, employer, title, description, locations, location, workplace, applicantCountries, jobType,
	experienceLevel, industry, fields, skills, salaryMin, salaryMax, salaryCurrency, salaryPeriod, status, publishedAt, questions,
	created, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '[]', ?8, ?9, ?10, '[]', ?11, ?12, ?13, ?14, ?15, ?16, ?17, '[]', ?17, ?17)`

// Row returns the values for InsertJob. industries has the ids of all industries.
func (j *Job) Row(industries []string) []any {
	var locations []collections.Location
	for _, p := range j.places {
		locations = append(locations, collections.Location{
			Name: p.Name, City: p.City, Region: p.Region, Country: p.Country, Lat: &p.Lat, Lon: &p.Lon,
		})
	}
	return []any{j.id, j.employer, j.title, j.description, JSON(locations), j.places[0].Name, j.Workplace, j.JobType, j.ExperienceLevel,
		industries[j.industry%len(industries)], JSON(append([]string{}, j.skills...)), j.SalaryMin, j.SalaryMax, j.SalaryCurrency,
		j.SalaryPeriod, j.status, j.published.Format(TimeLayout)}
}

// Texts returns the only column of a query.
func Texts(db *sql.DB, query string, args ...any) ([]string, error) {
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
