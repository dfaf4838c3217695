package benchboard

import (
	"bufio"
	"encoding/json"
	"io"
	"time"
)

// RowsSource is the source of the jobs that WriteRows writes.
const RowsSource = "bench"

// WriteRows writes the corpus as JSON Lines, as `jobboard import` reads them. industries are names or slugs.
func (c *Corpus) WriteRows(to io.Writer, industries []string) error {
	out := bufio.NewWriterSize(to, 1<<20)
	encoder := json.NewEncoder(out)
	now := time.Now().UTC()
	for i := range c.Jobs {
		j := c.Job(i, now)
		status := j.status
		if status != "published" { // an import makes only drafts and published jobs
			status = "draft"
		}
		places := make([]string, len(j.places))
		for n, place := range j.places {
			places[n] = place.Name
		}
		row := map[string]any{
			"source": RowsSource, "externalId": j.id, "company": j.company, "title": j.title, "description": j.description,
			"locations": places, "workplace": j.Workplace, "jobType": j.JobType, "status": status,
			"publishedAt": j.published.Format(TimeLayout),
			"skills":      append([]string{}, j.skills...),
		}
		if len(industries) > 0 {
			row["industry"] = industries[j.industry%len(industries)]
		}
		if j.ExperienceLevel != "" {
			row["experienceLevel"] = j.ExperienceLevel
		}
		if j.SalaryMax > 0 {
			row["salaryMin"], row["salaryMax"] = j.SalaryMin, j.SalaryMax
			row["salaryCurrency"], row["salaryPeriod"] = j.SalaryCurrency, j.SalaryPeriod
		}
		if err := encoder.Encode(row); err != nil {
			return err
		}
	}
	return out.Flush()
}
