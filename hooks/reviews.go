package hooks

import (
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/notify"
	"jobboard/internal/problem"
)

func bindReviews(app core.App) {
	app.OnRecordCreate(collections.JobReviews).BindFunc(reviewJobOnCreate)
	app.OnRecordUpdate(collections.JobReviews).BindFunc(updateEmployerRatingOnReviewChange)
	app.OnRecordDelete(collections.JobReviews).BindFunc(updateEmployerRatingOnReviewChange)

	app.OnRecordCreate(collections.UserReviews).BindFunc(reviewUserOnCreate)
	app.OnRecordUpdate(collections.UserReviews).BindFunc(updateSeekerRatingOnReviewChange)
	app.OnRecordDelete(collections.UserReviews).BindFunc(updateSeekerRatingOnReviewChange)
}

// reviewJobOnCreate lets a seeker review a job only after applying to it, once, and rates its employer.
func reviewJobOnCreate(e *core.RecordEvent) error {
	review := e.Record
	author, jobID := review.GetString("author"), review.GetString("job")
	return inTransaction(e, func(tx core.App) error {
		applied, err := tx.CountRecords(collections.Applications, dbx.HashExp{"job": jobID, "seeker": author})
		if err != nil {
			return fmt.Errorf("look for an application by the author: %w", err)
		}
		if applied == 0 {
			return problem.Field("job", problem.NotEligible, "Only who has applied to a job can review it.")
		}
		if err := checkNotReviewedYet(tx, review, "job"); err != nil {
			return err
		}
		job, err := tx.FindRecordById(collections.Jobs, jobID)
		if err != nil {
			return fmt.Errorf("find job %s: %w", jobID, err)
		}
		review.Set("employer", job.GetString("employer"))
		return nil
	}, func(tx core.App) error {
		employer, err := tx.FindRecordById(collections.Employers, review.GetString("employer"))
		if err != nil {
			return fmt.Errorf("find the reviewed employer: %w", err)
		}
		if err := updateRating(tx, collections.Employers, "id", collections.JobReviews, "employer", employer.Id); err != nil {
			return err
		}
		people, err := collections.PeopleOf(tx, employer)
		if err != nil {
			return err
		}
		return notify.Write(tx, notify.Notification{
			Kind:  collections.KindReviewReceived,
			Title: fmt.Sprintf("%s has a new review", employer.GetString("name")),
			Body:  stars(review),
			Data:  map[string]any{"review": review.Id, "job": jobID, "employer": employer.Id},
		}, people...)
	})
}

func updateEmployerRatingOnReviewChange(e *core.RecordEvent) error {
	return inTransaction(e, nil, func(tx core.App) error {
		return updateRating(tx, collections.Employers, "id", collections.JobReviews, "employer", e.Record.GetString("employer"))
	})
}

// reviewUserOnCreate lets the two sides of an application review each other, once each, and rates the seeker.
func reviewUserOnCreate(e *core.RecordEvent) error {
	review := e.Record
	subject := review.GetString("subject")
	return inTransaction(e, func(tx core.App) error {
		if err := checkReviewParties(tx, review); err != nil {
			return err
		}
		return checkNotReviewedYet(tx, review, "application")
	}, func(tx core.App) error {
		if err := updateRating(tx, collections.JobSeekers, "user", collections.UserReviews, "subject", subject); err != nil {
			return err
		}
		return notify.Write(tx, notify.Notification{
			Kind:  collections.KindReviewReceived,
			Title: "You have a new review",
			Body:  stars(review),
			Data:  map[string]any{"review": review.Id, "application": review.GetString("application")},
		}, subject)
	})
}

func updateSeekerRatingOnReviewChange(e *core.RecordEvent) error {
	return inTransaction(e, nil, func(tx core.App) error {
		return updateRating(tx, collections.JobSeekers, "user", collections.UserReviews, "subject", e.Record.GetString("subject"))
	})
}

// checkReviewParties refuses a review unless author and subject are the two sides of its application: one is the seeker, the other
// one of the employer's people.
func checkReviewParties(tx core.App, review *core.Record) error {
	author, subject := review.GetString("author"), review.GetString("subject")
	if author == subject {
		return problem.Field("subject", problem.NotEligible, "Nobody can review themselves.")
	}
	unrelated := problem.Field("application", problem.NotEligible, "No such application binds you and the subject.")
	found, err := tx.FindRecordsByIds(collections.Applications, []string{review.GetString("application")})
	if err != nil {
		return fmt.Errorf("find the application of the review: %w", err)
	}
	if len(found) == 0 {
		return unrelated
	}
	job, err := tx.FindRecordById(collections.Jobs, found[0].GetString("job"))
	if err != nil {
		return fmt.Errorf("find the job of the review: %w", err)
	}
	employer, err := tx.FindRecordById(collections.Employers, job.GetString("employer"))
	if err != nil {
		return fmt.Errorf("find the employer of the review: %w", err)
	}
	people, err := collections.PeopleOf(tx, employer)
	if err != nil {
		return err
	}
	seeker := found[0].GetString("seeker")
	if author == seeker && slices.Contains(people, subject) || subject == seeker && slices.Contains(people, author) {
		return nil
	}
	return unrelated
}

// checkNotReviewedYet refuses a second review by the same author of the same thing, for which the unique index would give no
// readable reason.
func checkNotReviewedYet(tx core.App, review *core.Record, of string) error {
	count, err := tx.CountRecords(review.Collection(), dbx.HashExp{"author": review.GetString("author"), of: review.GetString(of)})
	if err != nil {
		return fmt.Errorf("look for an earlier review: %w", err)
	}
	if count > 0 {
		return problem.Field(of, problem.AlreadyReviewed, "You have already written this review.")
	}
	return nil
}

// updateRating sets ratingAverage and ratingCount of the rated row from its visible reviews; both are 0 without any.
func updateRating(tx core.App, rated, key, reviews, relation, id string) error {
	_, err := tx.NonconcurrentDB().NewQuery(fmt.Sprintf(`
		UPDATE {{%s}} SET ([[ratingAverage]], [[ratingCount]]) = (
			SELECT COALESCE(AVG(rating), 0), COUNT(*) FROM {{%s}} WHERE [[%s]] = {:id} AND status = {:visible}
		) WHERE [[%s]] = {:id}`, rated, reviews, relation, key)).
		Bind(dbx.Params{"id": id, "visible": collections.ReviewVisible}).Execute()
	if err != nil {
		return fmt.Errorf("rate %s %s: %w", rated, id, err)
	}
	return nil
}

func stars(review *core.Record) string { return fmt.Sprintf("%d of 5 stars.", review.GetInt("rating")) }
