package api

import (
	"encoding/csv"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/api/openapi"
	"jobboard/internal/jobstats"
	"jobboard/internal/pages/pageurl"
	"jobboard/internal/problem"
	"jobboard/internal/throttle"
	"jobboard/internal/workflow"
)

func jobStatsRoutes() []route {
	return []route{
		{
			method: "POST",
			path:   "/api/jobs/{job_id}/apply-click",
			id:     "followApplyLink",
			summary: "Tells where one applies to a published job, and counts that somebody goes there: an address on the web, a mailto address " +
				"for seekers, or the board's own page.",
			access:   anyoneButAsksForLogin,
			response: ok("ApplyLink"),
			handler:  followApplyLink,
		},
		{
			method:  "GET",
			path:    "/api/jobs/{job_id}/stats",
			id:      "getJobStats",
			summary: "Shows a job's figures by day, in UTC. With Accept: text/csv they come as CSV.",
			access:  employersAndAdmins,
			scope:   collections.ScopeJobsRead,
			query: params{
				{Name: "from", Description: "The first day; by default 29 days before the last, but not before the job was made.",
					Example: "2026-01-01"},
				{Name: "to", Description: fmt.Sprintf("The last day, by default today; at most %d days in all.", jobstats.MaxDays),
					Example: "2026-01-31"},
				fieldsParam,
			},
			response: openapi.Response{Status: http.StatusOK, Schema: "JobStats", Media: "application/json,text/csv"},
			handler:  viewJobStats,
		},
	}
}

// followApplyLink answers with where one applies to a job that the caller sees.
func followApplyLink(c *call) error {
	job, err := c.viewObject(collections.Jobs, c.Param("job_id"), nil)
	if err != nil {
		return err
	}
	closesAt, err := types.ParseDateTime(job.text("deadline"))
	if err != nil {
		return fmt.Errorf("read the deadline of job %s: %w", job.text("id"), err)
	}
	late := !closesAt.IsZero() && !closesAt.Time().After(time.Now())
	if job.text("status") != workflow.Published || late {
		return invalid("job", problem.JobNotOpen, "The job takes no applications any more.")
	}
	to := ""
	switch job.text("applyMethod") {
	case collections.ApplyByURL:
		to = job.text("applyUrl")
	case collections.ApplyByEmail:
		address := job.text("applyEmail")
		switch {
		case address != "":
			to = "mailto:" + (&url.URL{Path: address}).EscapedPath()
		case c.auth() == nil:
			return unauthorized(c)
		default: // who is neither a seeker nor one of the job's people
			return apis.NewForbiddenError("Only seekers see the address for applications by e-mail.", nil)
		}
	default:
		to = c.boardURL() + pageurl.Apply(job.text("id"))
	}
	if err := throttle.LimitApplyClicks(c.event); err != nil {
		return err
	}
	jobstats.CountApplyClick(c.event, job.text("id"))
	return c.send(http.StatusOK, map[string]string{"url": to})
}

func viewJobStats(c *call) error {
	job, err := c.jobToChange()
	if err != nil {
		return err
	}
	first, last, err := c.statsDays(job.GetDateTime("created").Time())
	if err != nil {
		return err
	}
	stats, err := jobstats.Read(c.app(), job.Id, first, last)
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set("Cache-Control", "private, no-store")
	header.Add("Vary", "Accept")
	if wantsCSV(c.Request().Header.Get("Accept")) {
		return c.sendStatsCSV(job.Id, stats)
	}
	return c.send(http.StatusOK, stats)
}

// statsDays reads which days are asked for.
func (c *call) statsDays(created time.Time) (first, last time.Time, err error) {
	if first, err = c.day("from"); err != nil {
		return first, last, err
	}
	if last, err = c.day("to"); err != nil {
		return first, last, err
	}
	if last.IsZero() {
		last = time.Now().UTC().Truncate(24 * time.Hour)
	}
	if first.IsZero() {
		first = last.AddDate(0, 0, -29)
		if made := created.UTC().Truncate(24 * time.Hour); first.Before(made) && !made.After(last) {
			first = made
		}
	}
	switch {
	case first.After(last):
		return first, last, invalid("from", problem.InvalidValue, "Must not be after to.")
	case !first.AddDate(0, 0, jobstats.MaxDays).After(last):
		return first, last, invalid("from", problem.InvalidValue, fmt.Sprintf("From it to to there may be at most %d days.", jobstats.MaxDays))
	}
	return first, last, nil
}

// day returns the value of a parameter that is a day, or the zero time if it is absent.
func (c *call) day(name string) (time.Time, error) {
	text := c.QueryParam(name)
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.IsZero() {
		return day, invalid(name, problem.InvalidValue, "Must be a day, such as 2026-01-31.")
	}
	return day, nil
}

// wantsCSV reports whether a client that accepts these media types prefers CSV to JSON: it names CSV, and JSON not before it.
func wantsCSV(accept string) bool {
	for one := range strings.SplitSeq(accept, ",") {
		media, parameters, err := mime.ParseMediaType(one)
		if err != nil {
			continue
		}
		if q, has := parameters["q"]; has {
			if weight, err := strconv.ParseFloat(q, 64); err != nil || weight == 0 {
				continue
			}
		}
		switch media {
		case "text/csv":
			return true
		case "application/json":
			return false
		}
	}
	return false
}

func (c *call) sendStatsCSV(jobID string, stats jobstats.Stats) error {
	header := c.Response().Header()
	header.Set("Content-Type", "text/csv; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="job-`+jobID+`.csv"`)
	c.Response().WriteHeader(http.StatusOK)
	table := csv.NewWriter(c.Response())
	rows := [][]string{append([]string{"day"}, collections.JobDayFigures()...)}
	for _, day := range stats.Days {
		row := []string{day.Day}
		for _, n := range []int{day.Views, day.Visitors, day.ApplyClicks, day.Saves, day.Applications} {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, row)
	}
	if err := table.WriteAll(rows); err != nil {
		return fmt.Errorf("write the figures of job %s: %w", jobID, err)
	}
	return nil
}
