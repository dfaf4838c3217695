package jobalerts

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/notify"
)

// reminderLead is how long before a job's deadline people are reminded.
const reminderLead = 48 * time.Hour

// remindOfDeadlines notifies, once per deadline, the seekers who have saved the job without applying and the employer's people. A
// deadline that is moved by less than reminderLead does not count as a new one.
func remindOfDeadlines(app core.App, now time.Time) error {
	clock, err := types.ParseDateTime(now)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	var ids []string
	err = app.DB().NewQuery(`
		SELECT j.id FROM {{jobs}} j LEFT JOIN {{job_reminders}} r ON r.job = j.id
		WHERE j.status = 'published' AND j.deadline != '' AND j.deadline > {:now} AND j.deadline <= {:near}
			AND (r.job IS NULL OR julianday(j.deadline) - julianday(r.deadline) > {:days})
		ORDER BY j.deadline`).
		Bind(dbx.Params{"now": clock.String(), "near": clock.Add(reminderLead).String(), "days": reminderLead.Hours() / 24}).Column(&ids)
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
	return app.RunInTransaction(func(tx core.App) error {
		ours, err := claimReminder(tx, jobID)
		if err != nil || !ours {
			return err
		}
		job, err := tx.FindRecordById(collections.Jobs, jobID)
		if err != nil {
			return fmt.Errorf("find the job: %w", err)
		}
		employer, err := tx.FindRecordById(collections.Employers, job.GetString("employer"))
		if err != nil {
			return fmt.Errorf("find the employer: %w", err)
		}
		people, err := collections.PeopleOf(tx, employer)
		if err != nil {
			return err
		}
		var savers []string
		err = tx.DB().NewQuery(`
			SELECT s.seeker FROM {{saved_jobs}} s
			WHERE s.job = {:job} AND s.seeker NOT IN (SELECT seeker FROM {{applications}} WHERE job = {:job})`).
			Bind(dbx.Params{"job": jobID}).Column(&savers)
		if err != nil {
			return fmt.Errorf("find who has saved the job: %w", err)
		}
		deadline := job.GetDateTime("deadline")
		notification := notify.Notification{
			Kind:   collections.KindDeadlineReminder,
			Title:  collections.Truncate("Applications close soon: "+job.GetString("title"), collections.MaxNotificationTitle),
			Data:   map[string]any{"job": jobID, "employer": employer.Id},
			Dedupe: "deadline_reminder:" + jobID + ":" + deadline.String(),
		}
		closes := "Applications close on " + deadline.Time().UTC().Format("2 January 2006, 15:04 MST") + "."
		for _, group := range []struct {
			users []string
			body  string
		}{
			{savers, closes + "\nYou saved this job at " + employer.GetString("name") + " and have not applied yet."},
			{people, closes},
		} {
			notification.Body = group.body
			if err := notify.WriteMany(tx, notification, group.users...); err != nil {
				return err
			}
		}
		return nil
	})
}

// claimReminder stores, as the first write of its transaction, that people are reminded of a job's deadline. It reports whether they had
// not been reminded before, possibly by another process.
func claimReminder(tx core.App, jobID string) (bool, error) {
	result, err := tx.NonconcurrentDB().NewQuery(`
		INSERT INTO {{job_reminders}} (job, deadline)
		SELECT id, deadline FROM {{jobs}} WHERE id = {:job} AND status = 'published'
		ON CONFLICT (job) DO UPDATE SET deadline = excluded.deadline
			WHERE julianday(excluded.deadline) - julianday({{job_reminders}}.deadline) > {:days}`).
		Bind(dbx.Params{"job": jobID, "days": reminderLead.Hours() / 24}).Execute()
	if err != nil {
		return false, fmt.Errorf("store the reminder: %w", err)
	}
	claimed, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("store the reminder: %w", err)
	}
	return claimed > 0, nil
}
