package demo

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/workflow"
)

// stories are the ways an application went, with how many of a hundred went so.
var stories = []struct {
	weight int
	moves  []string
}{
	{30, nil},
	{18, []string{workflow.InReview}},
	{10, []string{workflow.InReview, workflow.Shortlisted}},
	{9, []string{workflow.InReview, workflow.Shortlisted, workflow.InterviewScheduled}},
	{5, []string{workflow.InReview, workflow.InterviewScheduled, workflow.Offered}},
	{7, []string{workflow.InReview, workflow.InterviewScheduled, workflow.Offered, workflow.Hired}},
	{10, []string{workflow.InReview, workflow.Rejected}},
	{4, []string{workflow.InReview, workflow.InterviewScheduled, workflow.Rejected}},
	{3, []string{workflow.Withdrawn}},
	{4, []string{workflow.InReview, workflow.Withdrawn}},
}

// apply lets every seeker apply to a few jobs and tells each application's story. The demo seeker and the demo employer
// get one of every status, and the demo employer's first job has applicants at every stage.
func (b *board) apply() error {
	n := 0
	for i, seeker := range b.seekers {
		applied := map[string]bool{}
		for k := range 5 {
			job := pick(b, b.open)
			ours := i > 0 && i <= len(stories) && k == 0
			busy := i > len(stories) && i <= 3*len(stories) && k == 0
			if ours {
				job = b.open[i%(jobsPerCompany-1)] // the demo employer's
			}
			if busy {
				job = b.open[0]
			}
			if applied[job.Id] {
				continue
			}
			applied[job.Id] = true
			moves := stories[n%len(stories)].moves
			if i > 0 {
				moves = b.story()
			}
			if ours || busy {
				moves = stories[(i-1)%len(stories)].moves
			}
			n++
			if err := b.addApplication(seeker, job, moves); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *board) story() []string {
	at := b.fake.IntRange(1, 100)
	for _, story := range stories {
		if at -= story.weight; at <= 0 {
			return story.moves
		}
	}
	return nil
}

// addApplication makes an application and moves it along, then spreads its dates between the job's publication and now.
func (b *board) addApplication(seeker, job *core.Record, moves []string) error {
	values := map[string]any{"seeker": seeker.Id, "job": job.Id, "coverLetter": pick(b, coverLetters)}
	if job.GetString("questions") != "[]" {
		values["answers"] = map[string]any{"start": "Next month.", "permit": true}
	}
	application, err := b.create(collections.Applications, values)
	if err != nil {
		return err
	}
	b.applications = append(b.applications, application)
	for _, to := range moves {
		fresh, err := b.app.FindRecordById(collections.Applications, application.Id)
		if err != nil {
			return fmt.Errorf("read application %s: %w", application.Id, err)
		}
		mover, err := b.mover(to, seeker, job)
		if err != nil {
			return err
		}
		actor.Mark(fresh, mover)
		actor.SetNote(fresh, pick(b, eventNotes[to]))
		fresh.Set("status", to)
		if to == workflow.InterviewScheduled {
			day := b.now.AddDate(0, 0, b.fake.IntRange(1, 14)).UTC().Truncate(24 * time.Hour)
			fresh.Set("interviewAt", day.Add(10*time.Hour))
			fresh.Set("interviewLocation", "Video call")
		}
		if err := b.app.Save(fresh); err != nil {
			return fmt.Errorf("move application %s to %s: %w", application.Id, to, err)
		}
	}
	return b.spread(application, job)
}

// mover returns who makes a move: the seeker withdraws, the employer's owner makes all others.
func (b *board) mover(to string, seeker, job *core.Record) (*core.Record, error) {
	if to == workflow.Withdrawn {
		return seeker, nil
	}
	employer, err := b.app.FindRecordById(collections.Employers, job.GetString("employer"))
	if err != nil {
		return nil, fmt.Errorf("find the employer of job %s: %w", job.Id, err)
	}
	owner, err := b.app.FindRecordById(collections.Users, employer.GetString("owner"))
	if err != nil {
		return nil, fmt.Errorf("find the owner of employer %s: %w", employer.Id, err)
	}
	return owner, nil
}

func (b *board) spread(application, job *core.Record) error {
	stored, err := b.app.FindRecordById(collections.Jobs, job.Id)
	if err != nil {
		return fmt.Errorf("read job %s: %w", job.Id, err)
	}
	events, err := b.app.FindRecordsByFilter(collections.ApplicationEvents, "application = {:id}", "@rowid", 0, 0,
		dbx.Params{"id": application.Id})
	if err != nil {
		return fmt.Errorf("read the timeline of application %s: %w", application.Id, err)
	}
	at := stored.GetDateTime("publishedAt").Time()
	step := b.now.Sub(at) / time.Duration(len(events)+1)
	var last time.Time
	for i, event := range events {
		at = at.Add(step*3/4 + time.Duration(b.fake.IntRange(0, 1000))*step/4000)
		if err := b.backdate(event, map[string]time.Time{"created": at, "updated": at}); err != nil {
			return err
		}
		if i == 0 {
			if err := b.backdate(application, map[string]time.Time{"created": at, "submittedAt": at}); err != nil {
				return err
			}
		}
		last = at
	}
	dates := map[string]time.Time{"updated": last}
	if workflow.IsDecided(events[len(events)-1].GetString("to")) {
		dates["decidedAt"] = last
	}
	return b.backdate(application, dates)
}

// review lets some applicants review the job, and some employers the applicant, some time after the application.
func (b *board) review() error {
	for i, application := range b.applications {
		if i%3 != 0 && i%5 != 0 {
			continue
		}
		id := application.Id
		application, err := b.app.FindRecordById(collections.Applications, id) // again, for the dates that spread gave it
		if err != nil {
			return fmt.Errorf("read application %s: %w", id, err)
		}
		job, err := b.app.FindRecordById(collections.Jobs, application.GetString("job"))
		if err != nil {
			return fmt.Errorf("read the job of application %s: %w", application.Id, err)
		}
		if i%3 == 0 {
			if err := b.reviewJob(application, job); err != nil {
				return err
			}
		}
		if i%5 == 0 {
			if err := b.reviewSeeker(application, job); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *board) reviewJob(application, job *core.Record) error {
	words := pick(b, jobReviews)
	review, err := b.create(collections.JobReviews, map[string]any{
		"author": application.GetString("seeker"), "job": job.Id,
		"rating": b.fake.IntRange(words.least, words.most), "title": words.title, "body": words.body,
	})
	if err != nil {
		return err
	}
	return b.dateReview(review, application)
}

func (b *board) reviewSeeker(application, job *core.Record) error {
	owner, err := b.mover("", nil, job)
	if err != nil {
		return err
	}
	review, err := b.create(collections.UserReviews, map[string]any{
		"author": owner.Id, "subject": application.GetString("seeker"), "application": application.Id,
		"rating": b.fake.IntRange(3, 5), "body": "Well prepared, and good to talk to.",
	})
	if err != nil {
		return err
	}
	return b.dateReview(review, application)
}

// dateReview dates a review between its application and now, but not in the last days, when most would be.
func (b *board) dateReview(review, application *core.Record) error {
	since := b.now.Sub(application.GetDateTime("submittedAt").Time())
	at := b.ago(since/3, since)
	return b.backdate(review, map[string]time.Time{"created": at, "updated": at})
}
