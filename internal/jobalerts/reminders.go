package jobalerts

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/localtime"
	"jobboard/internal/notify"
)

// reminder is who is reminded of a deadline, and when. A reminder that was missed is made up for until the next one is due, or until the
// deadline. A deadline that is moved by less than the lead does not count as a new one.
type reminder struct {
	audience string // as in the table deadline_reminders
	lead     time.Duration
	next     time.Duration // the lead of the next reminder of the same people, 0 for none
	write    func(tx core.App, job, employer *core.Record) error
}

const day = 24 * time.Hour

// reminders are all that there are. The employer's people are not reminded of a deadline that was nearer from the start: triggers
// store such reminders as given, see migrations/1795869940_remind_people_twice.go.
var reminders = []reminder{
	{"people7", 7 * day, 2 * day, remindPeople(7)},
	{"people2", 2 * day, 0, remindPeople(2)},
	{"savers", 2 * day, 0, remindSavers},
}

// remindOfDeadlines notifies, once per deadline, the employer's people and the seekers who have saved the job without applying.
func remindOfDeadlines(app core.App, now time.Time) error {
	var failed []error
	for _, r := range reminders {
		ids, err := r.due(app, now)
		if err != nil {
			failed = append(failed, err)
		}
		for _, id := range ids {
			if err := r.give(app, id); err != nil {
				failed = append(failed, fmt.Errorf("remind of the deadline of job %s: %w", id, err))
			}
		}
	}
	return errors.Join(failed...)
}

// due returns the ids of the jobs of whose deadline is to be reminded now.
func (r reminder) due(app core.App, now time.Time) ([]string, error) {
	clock, err := types.ParseDateTime(now)
	if err != nil {
		return nil, fmt.Errorf("read the clock: %w", err)
	}
	var ids []string
	err = app.DB().NewQuery(`
		SELECT j.id FROM {{jobs}} j INDEXED BY [[idx_jobs_deadline]]
			LEFT JOIN {{deadline_reminders}} r ON r.job = j.id AND r.audience = {:audience}
		WHERE j.status = 'published' AND j.deadline != '' AND j.deadline > {:after} AND j.deadline <= {:near}
			AND (r.job IS NULL OR julianday(j.deadline) - julianday(r.deadline) > {:days})
		ORDER BY j.deadline`).
		Bind(dbx.Params{"audience": r.audience, "after": clock.Add(r.next).String(), "near": clock.Add(r.lead).String(),
			"days": r.lead.Hours() / 24}).Column(&ids)
	if err != nil {
		return nil, fmt.Errorf("find the jobs near their deadline: %w", err)
	}
	return ids, nil
}

func (r reminder) give(app core.App, jobID string) error {
	return app.RunInTransaction(func(tx core.App) error {
		ours, err := r.claim(tx, jobID)
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
		return r.write(tx, job, employer)
	})
}

// claim stores, as the first write of its transaction, that a reminder of a job's deadline is given. It reports whether it had not been
// given before, possibly by another process.
func (r reminder) claim(tx core.App, jobID string) (bool, error) {
	result, err := tx.NonconcurrentDB().NewQuery(`
		INSERT INTO {{deadline_reminders}} (job, audience, deadline)
		SELECT id, {:audience}, deadline FROM {{jobs}} WHERE id = {:job} AND status = 'published'
		ON CONFLICT (job, audience) DO UPDATE SET deadline = excluded.deadline
			WHERE julianday(excluded.deadline) - julianday({{deadline_reminders}}.deadline) > {:days}`).
		Bind(dbx.Params{"job": jobID, "audience": r.audience, "days": r.lead.Hours() / 24}).Execute()
	if err != nil {
		return false, fmt.Errorf("store the reminder: %w", err)
	}
	claimed, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("store the reminder: %w", err)
	}
	return claimed > 0, nil
}

// reminderOf returns the notification of a job's deadline that everybody gets, without the body.
func reminderOf(job, employer *core.Record) notify.Notification {
	deadline := job.GetDateTime("deadline")
	return notify.Notification{
		Kind:   collections.KindDeadlineReminder,
		Title:  collections.Truncate("Applications close soon: "+job.GetString("title"), collections.MaxNotificationTitle),
		Data:   map[string]any{"job": job.Id, "employer": employer.Id},
		Dedupe: "deadline_reminder:" + job.Id + ":" + deadline.String(),
	}
}

func remindSavers(tx core.App, job, employer *core.Record) error {
	var savers []reader
	err := tx.DB().NewQuery(`
		SELECT u.id, u.[[timeZone]] AS zone FROM {{saved_jobs}} s
		CROSS JOIN {{users}} u INDEXED BY [[sqlite_autoindex_users_1]] ON u.id = s.seeker
		WHERE s.job = {:job} AND s.seeker NOT IN (SELECT seeker FROM {{applications}} WHERE job = {:job})`).
		Bind(dbx.Params{"job": job.Id}).All(&savers)
	if err != nil {
		return fmt.Errorf("find who has saved the job: %w", err)
	}
	return remind(tx, job, reminderOf(job, employer), savers,
		"You saved this job at "+employer.GetString("name")+" and have not applied yet.")
}

// remindPeople returns what reminds the employer's people some days before the deadline.
func remindPeople(days int) func(tx core.App, job, employer *core.Record) error {
	return func(tx core.App, job, employer *core.Record) error {
		people, err := collections.PeopleRecordsOf(tx, employer)
		if err != nil {
			return err
		}
		notification := reminderOf(job, employer)
		notification.Data["renew"] = true
		notification.Dedupe += fmt.Sprintf(":people:%d", days)
		readers := make([]reader, len(people))
		for i, user := range people {
			readers[i] = reader{ID: user.Id, Zone: user.GetString("timeZone")}
		}
		return remind(tx, job, notification, readers, "If you still look for somebody, renew the job with a later deadline.")
	}
}

// reader is who is reminded, with the user's time zone, which may be empty.
type reader struct{ ID, Zone string }

// remind writes a reminder that tells each reader the deadline in the reader's own time, and then the line.
func remind(tx core.App, job *core.Record, notification notify.Notification, readers []reader, line string) error {
	recipients := make([]notify.Recipient, len(readers))
	for i, reader := range readers {
		deadline := localtime.Format(job.GetDateTime("deadline").Time(), localtime.ZoneOf(reader.Zone, job))
		recipients[i] = notify.Recipient{User: reader.ID, Body: "Applications close on " + deadline + ".\n" + line, Data: notification.Data}
	}
	return notify.WriteEach(tx, notification, recipients)
}
