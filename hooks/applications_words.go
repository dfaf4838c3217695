package hooks

import (
	"fmt"
	"strings"

	"jobboard/collections"
	"jobboard/internal/workflow"
)

// notice is what a notification says, on the board and by mail, where the title is the subject.
type notice struct{ title, body string }

func newNotice(title string, lines ...string) notice {
	body := strings.TrimSpace(strings.Join(lines, "\n"))
	return notice{
		title: collections.Truncate(title, collections.MaxNotificationTitle),
		body:  collections.Truncate(body, collections.MaxNotificationBody),
	}
}

// applicationWords words the notifications about an application. Applicants read no statuses, but what has happened to them.
type applicationWords struct {
	job, employer, seeker string
	position              string // the job and where it is: "Baker at Acme"
}

func newApplicationWords(job, employer, seeker string) applicationWords {
	const most = 120 // of each, so that the longest title still says what it is about
	w := applicationWords{
		job: collections.Truncate(job, most), employer: collections.Truncate(employer, most), seeker: collections.Truncate(seeker, most),
	}
	w.position = w.job + " at " + w.employer
	return w
}

func (w applicationWords) submitted() notice {
	return newNotice("New application for "+w.position, w.seeker+" has applied.")
}

func (w applicationWords) withdrawn() notice {
	return newNotice("Application withdrawn: "+w.position, w.seeker+" has withdrawn the application.")
}

func (w applicationWords) receipt() notice {
	return newNotice("Your application for "+w.position+" has arrived",
		"Thank you for applying. "+w.employer+" can read your application now, and you will hear from us as soon as there is news.",
		"You can see where it stands, or withdraw it, at any time.")
}

// toSeeker words a move from one status to another, or a changed interview where they are the same, with the note of who made it.
func (w applicationWords) toSeeker(from, to, note string, interview *meeting) notice {
	title := "An update on your application for " + w.position
	var lines []string
	if interview != nil && interview.cancelled {
		title = "Your interview for " + w.position + " is cancelled"
		lines = append(lines, "The interview on "+interview.when+" is cancelled.")
	}
	switch to {
	case workflow.InterviewScheduled:
		title = "Interview for " + w.position + " on " + interview.day
		lines = append(lines, w.employer+" would like to get to know you.")
		if from == to {
			title = "Changed: interview for " + w.position + " on " + interview.day
			lines = []string{"Your interview has a new time or place."}
		}
		lines = append(lines, interview.lines()...)
	case workflow.Withdrawn:
		title = "You have withdrawn your application for " + w.position
	case workflow.Offered:
		title = "You have an offer: " + w.position
		lines = append(lines, "Congratulations! "+w.employer+" would like you to take the job.")
	case workflow.Hired:
		title = "Congratulations on your new job: " + w.position
		lines = append(lines, "You got the job! We wish you a good start at "+w.employer+".")
	case workflow.Rejected:
		title = "An update on your application for " + w.position
		lines = append(lines, fmt.Sprintf("Thank you for your interest in %s, and for the time you took. "+
			"This time they have decided to go on with somebody else.", w.employer), "We wish you all the best with your search.")
	case workflow.Shortlisted:
		lines = append(lines, "You are on the shortlist of "+w.employer+" for this job.")
	case workflow.InReview:
		again := "again"
		if from == workflow.Submitted {
			again = "now"
		}
		lines = append(lines, w.employer+" is looking at your application "+again+".")
	}
	if note != "" {
		lines = append(lines, "A message from "+w.employer+":", note)
	}
	return newNotice(title, lines...)
}

// toPeople words an interview, or that it is cancelled, for the employer's people.
func (w applicationWords) toPeople(from, to string, interview *meeting) notice {
	what := "nterview with " + w.seeker + " for " + w.job
	switch {
	case interview.cancelled && to == workflow.Withdrawn:
		return newNotice("Cancelled: i"+what, "The interview on "+interview.when+" is cancelled: "+w.seeker+" has withdrawn.")
	case interview.cancelled:
		return newNotice("Cancelled: i"+what, "The interview on "+interview.when+" is cancelled.")
	case from == to:
		return newNotice("Changed: i"+what+" on "+interview.day, interview.lines()...)
	}
	return newNotice("I"+what+" on "+interview.day, interview.lines()...)
}

func (m *meeting) lines() []string {
	if m.where == "" {
		return []string{"When: " + m.when}
	}
	return []string{"When: " + m.when, "Where: " + m.where}
}
