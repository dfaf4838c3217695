package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"

	"jobboard/collections"
	"jobboard/internal/api/openapi"
	"jobboard/internal/problem"
	"jobboard/internal/report"
	"jobboard/internal/workflow"
)

func reportRoutes() []route {
	period := params{
		{Name: "from", Description: "First day, or date and time.", Example: "2026-01-01"},
		{Name: "to", Description: "Last day, or date and time.", Example: "2026-01-31"},
	}
	return []route{
		{
			method:  "GET",
			path:    "/api/reports",
			id:      "listReports",
			summary: "Lists the reports.",
			access:  adminsOnly,
			query: listParams.with(
				openapi.Param{
					Name:        "kind",
					Multiple:    true,
					Enum:        collections.ReportKinds(),
					Description: "Reports of this kind.",
				},
				openapi.Param{Name: "status", Multiple: true, Description: "Reports with this status.", Example: "done"},
			),
			response: okList("Report"),
			handler:  listReports,
		},
		{
			method:   "POST",
			path:     "/api/reports",
			id:       "createReport",
			summary:  "Creates a report: 201 if it is done within a few seconds, otherwise 202 while it is made in the background.",
			access:   adminsOnly,
			query:    recordParams,
			body:     bodyOf("NewReport"),
			response: openapi.Response{Status: http.StatusCreated, Schema: "Report", AlsoStatus: http.StatusAccepted},
			handler:  createReport,
		},
		{
			method:   "GET",
			path:     "/api/reports/summary",
			id:       "getReportSummary",
			summary:  "Shows the figures behind the dashboard.",
			access:   adminsOnly,
			query:    period.with(fieldsParam),
			response: ok("ReportSummary"),
			handler:  summariseReports,
		},
		{
			method:   "GET",
			path:     "/api/reports/{report_id}",
			id:       "getReport",
			summary:  "Shows a report.",
			access:   adminsOnly,
			query:    recordParams,
			response: ok("Report"),
			handler:  viewReport,
		},
		{
			method:   "GET",
			path:     "/api/reports/{report_id}/download",
			id:       "downloadReport",
			summary:  "Streams the file of a report.",
			access:   adminsOnly,
			response: openapi.Response{Status: http.StatusOK, Media: "text/csv,application/pdf"},
			handler:  downloadReport,
		},
	}
}

// reportWait is how long a request waits for its report. After that, the report is finished in the background.
const reportWait = 3 * time.Second

func createReport(c *call) error {
	a, err := c.create(collections.Reports, c.expandQuery(), c.body)
	if err != nil {
		return err
	}
	record, err := a.object()
	if err != nil {
		return err
	}
	id := record.text("id")
	ctx, cancel := context.WithTimeout(c.Request().Context(), reportWait)
	defer cancel()
	done, err := report.Wait(ctx, c.app(), id)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("wait for report %s: %w", id, err)
	}
	status := http.StatusAccepted
	if done != nil && (done.GetString("status") == collections.ReportDone || done.GetString("status") == collections.ReportFailed) {
		status = http.StatusCreated
	}
	if a, err = c.view(collections.Reports, id, c.expandQuery()); err != nil {
		return err
	}
	c.Response().Header().Set("Location", "/api/reports/"+id+"/")
	return c.send(status, json.RawMessage(a.json()))
}

func listReports(c *call) error {
	var conditions []string
	for name, allowed := range map[string][]string{
		"kind":   collections.ReportKinds(),
		"status": {collections.ReportPending, collections.ReportRunning, collections.ReportDone, collections.ReportFailed},
	} {
		values, err := c.choices(name, allowed, workflow.Parse)
		if err != nil {
			return err
		}
		if len(values) > 0 {
			conditions = append(conditions, anyOf(name+" = %s", values))
		}
	}
	query, err := c.listQuery("-created", conditions...)
	if err != nil {
		return err
	}
	return c.sendList(collections.Reports, query)
}

func viewReport(c *call) error {
	a, err := c.view(collections.Reports, c.Param("report_id"), c.expandQuery())
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

// downloadReport streams the file of a report that the caller may see. It fails with a 404 if the report is not done yet.
func downloadReport(c *call) error {
	seen, err := c.viewObject(collections.Reports, c.Param("report_id"), nil)
	if err != nil {
		return err
	}
	record, err := c.app().FindRecordById(collections.Reports, seen.text("id"))
	if err != nil {
		return fmt.Errorf("find the report again: %w", err)
	}
	file := record.GetString("file")
	if file == "" {
		return apis.NewNotFoundError("The report has no file, or not yet.", nil)
	}
	files, err := c.app().NewFilesystem()
	if err != nil {
		return fmt.Errorf("open the file storage: %w", err)
	}
	defer files.Close()
	day := record.GetDateTime("created").Time().UTC().Format(time.DateOnly)
	name := fmt.Sprintf("%s-%s.%s", record.GetString("kind"), day, record.GetString("format"))
	header := c.Response().Header()
	header.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	header.Set("Content-Type", reportMedia[record.GetString("format")])
	header.Set("Cache-Control", "private, no-store")
	if err := files.Serve(c.Response(), c.Request(), record.BaseFilesPath()+"/"+file, name); err != nil {
		header.Del("Content-Disposition")
		header.Del("Content-Type")
		return apis.NewNotFoundError("The report's file is gone.", err)
	}
	return nil
}

var reportMedia = map[string]string{report.CSV: "text/csv; charset=utf-8", report.PDF: "application/pdf"}

func summariseReports(c *call) error {
	var bounds [2]time.Time
	for i, name := range []string{"from", "to"} {
		moment, err := report.ParseBound(c.QueryParam(name), name == "to")
		if err != nil {
			return invalid(name, problem.InvalidValue, "Must be a date, such as 2026-01-31, or a date and time.")
		}
		bounds[i] = moment
	}
	summary, err := report.Summarise(c.Request().Context(), c.app(), bounds[0], bounds[1])
	if err != nil {
		return apis.NewBadRequestError("Failed to compute the figures.", err)
	}
	return c.send(http.StatusOK, summary)
}
