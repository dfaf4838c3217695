package notify

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/workflow"
)

// remindBefore is how long before its deadline the people around a job are reminded.
const remindBefore = 48 * time.Hour

// expireJobs moves published jobs whose deadline has passed to expired, as the board itself, so that the job's hooks close
// it and tell its applicants. A minute that was missed is made up for by the next: the query asks for all that are late.
func expireJobs(app core.App) error {
	late, err := app.FindRecordsByFilter(collections.Jobs, "status = {:published} && deadline != '' && deadline <= {:now}", "deadline", 0, 0,
		dbx.Params{"published": workflow.Published, "now": types.NowDateTime().String()})
	if err != nil {
		return fmt.Errorf("find the jobs past their deadline: %w", err)
	}
	var failed []error
	for _, job := range late {
		job.Set("status", workflow.Expired)
		if err := app.Save(job); err != nil {
			failed = append(failed, fmt.Errorf("expire job %s: %w", job.Id, err)) // the others go on
		}
	}
	return errors.Join(failed...)
}

// remindOfDeadlines tells, once for a deadline, the seekers who have saved the job without applying and the employer's
// people that it is near. A deadline moved by less than remindBefore is no new one.
func remindOfDeadlines(app core.App) error {
	now := types.NowDateTime()
	var ids []string
	err := app.DB().NewQuery(`
		SELECT j.id FROM {{jobs}} j LEFT JOIN {{job_reminders}} r ON r.job = j.id
		WHERE j.status = 'published' AND j.deadline != '' AND j.deadline > {:now} AND j.deadline <= {:near}
			AND (r.job IS NULL OR julianday(j.deadline) - julianday(r.deadline) > {:days})
		ORDER BY j.deadline`).
		Bind(dbx.Params{"now": now.String(), "near": now.Add(remindBefore).String(), "days": remindBefore.Hours() / 24}).Column(&ids)
	if err != nil {
		return fmt.Errorf("find the jobs near their deadline: %w", err)
	}
	var failed []error
	for _, id := range ids {
		if err := remindOfDeadline(app, id); err != nil {
			failed = append(failed, fmt.Errorf("remind of the deadline of job %s: %w", id, err))
		}
	}
	return errors.Join(failed...)
}

func remindOfDeadline(app core.App, jobID string) error {
	var written []map[string]string
	err := app.RunInTransaction(func(tx core.App) error {
		job, err := tx.FindRecordById(collections.Jobs, jobID)
		if err != nil {
			return fmt.Errorf("find the job: %w", err)
		}
		employer, err := tx.FindRecordById(collections.Employers, job.GetString("employer"))
		if err != nil {
			return fmt.Errorf("find the employer: %w", err)
		}
		var savers []string
		err = tx.DB().NewQuery(`
			SELECT s.seeker FROM {{saved_jobs}} s
			WHERE s.job = {:job} AND NOT EXISTS (SELECT 1 FROM {{applications}} a WHERE a.job = s.job AND a.seeker = s.seeker)`).
			Bind(dbx.Params{"job": jobID}).Column(&savers)
		if err != nil {
			return fmt.Errorf("find who has saved the job: %w", err)
		}
		deadline := job.GetDateTime("deadline")
		notice := Notice{
			Kind:   collections.KindDeadlineReminder,
			Title:  cut("Applications close soon: "+job.GetString("title"), 300),
			Dedupe: "deadline_reminder:" + jobID + ":" + deadline.String(),
		}
		data := map[string]any{"job": jobID, "employer": employer.Id}
		closes := "Applications close on " + deadline.Time().UTC().Format("2 January 2006, 15:04 MST") + "."
		for _, group := range []struct {
			users []string
			body  string
		}{
			{savers, closes + "\nYou have saved this job at " + employer.GetString("name") + " and not applied yet."},
			{EmployerPeople(employer), closes},
		} {
			receivers := make([]told, len(group.users))
			for i, user := range group.users {
				receivers[i] = told{User: user, Body: group.body, Data: data}
			}
			ids, err := writeMany(tx, notice, receivers)
			if err != nil {
				return err
			}
			written = append(written, ids)
		}
		_, err = tx.NonconcurrentDB().NewQuery("INSERT OR REPLACE INTO {{job_reminders}} (job, deadline) VALUES ({:job}, {:deadline})").
			Bind(dbx.Params{"job": jobID, "deadline": deadline.String()}).Execute()
		if err != nil {
			return fmt.Errorf("note the reminder: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, ids := range written {
		announceMany(app, ids)
	}
	return nil
}
