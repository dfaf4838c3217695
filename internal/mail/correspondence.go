package mail

import (
	"fmt"
	netmail "net/mail"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/workflow"
)

// correspondence is the application that a mail is about: the recipient's answer goes to the other side.
type correspondence struct {
	employer, seeker *core.Record
	forPeople        bool // the mail goes to one of the employer's people, not to the seeker
	// contact is where the seeker reaches the employer, or "", see docs/decisions/0053.
	contact string
}

// correspondenceOf returns the one application that all the rows are about, or nil.
func correspondenceOf(app core.App, user *core.Record, rows []queued) (*correspondence, error) {
	id := rows[0].details().Application
	other := slices.ContainsFunc(rows, func(row queued) bool { return row.details().Application != id })
	if id == "" || other {
		return nil, nil
	}
	application, err := findAny(app, collections.Applications, id)
	if err != nil || application == nil {
		return nil, err
	}
	c := &correspondence{forPeople: application.GetString("seeker") != user.Id}
	if c.seeker, err = findAny(app, collections.Users, application.GetString("seeker")); err != nil || c.seeker == nil {
		return nil, err
	}
	job, err := findAny(app, collections.Jobs, application.GetString("job"))
	if err != nil || job == nil {
		return nil, err
	}
	if c.employer, err = findAny(app, collections.Employers, job.GetString("employer")); err != nil || c.employer == nil {
		return nil, err
	}
	c.contact, err = employerContact(app, c.employer, id, rows[0].interview() != nil)
	return c, err
}

// findAny returns a record, or nil if there is none with that id.
func findAny(app core.App, collection, id string) (*core.Record, error) {
	found, err := app.FindRecordsByIds(collection, []string{id})
	if err != nil {
		return nil, fmt.Errorf("find what a mail is about in %s: %w", collection, err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found[0], nil
}

// employerContact returns the address that the employer has given for answers, else that of the one of its people who last moved the
// application. For an interview it is the one who first scheduled it, so that all versions of the event have the same organizer. It is ""
// where none of the people has done anything that the applicant learns of: nobody's address is revealed for having an account.
func employerContact(app core.App, employer *core.Record, application string, interview bool) (string, error) {
	if address := employer.GetString("contactEmail"); address != "" {
		return address, nil
	}
	condition, order := "", "DESC"
	if interview {
		condition, order = " AND [[to]] = {:scheduled}", "ASC"
	}
	var actors []string
	err := app.DB().NewQuery("SELECT actor FROM {{application_events}} WHERE application = {:application} AND actor != ''" + condition +
		" ORDER BY created " + order + ", rowid " + order).
		Bind(dbx.Params{"application": application, "scheduled": workflow.InterviewScheduled}).Column(&actors)
	if err != nil {
		return "", fmt.Errorf("find who has moved an application: %w", err)
	}
	people, err := collections.PeopleRecordsOf(app, employer)
	if err != nil {
		return "", err
	}
	for _, actor := range actors {
		for _, user := range people {
			if user.Id == actor && user.Verified() { // an address that was not verified may be anybody's
				return user.Email(), nil
			}
		}
	}
	return "", nil
}

// replyTo returns where answers go, or nil for the board's own address.
func (c *correspondence) replyTo() *netmail.Address {
	switch {
	case c == nil:
	case c.forPeople && c.seeker.Verified():
		return &netmail.Address{Name: oneLine(c.seeker.GetString("name")), Address: c.seeker.Email()}
	case !c.forPeople && c.contact != "":
		return &netmail.Address{Name: oneLine(c.employer.GetString("name")), Address: c.contact}
	}
	return nil
}
