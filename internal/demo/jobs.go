package demo

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"jobboard/collections"
	"jobboard/internal/workflow"
)

const jobsPerCompany = 8

// foundCompanies makes the employers, each with its owner; the first is the demo employer's.
func (b *board) foundCompanies() error {
	for _, trade := range trades {
		for range trade.companies {
			n := len(b.companies)
			email, owner := fmt.Sprintf("employer%02d@example.com", n+1), b.fake.Name()
			if n == 0 {
				email, owner = EmployerEmail, "Erin Employer"
			}
			user, err := b.user(email, owner, collections.RoleEmployer)
			if err != nil {
				return err
			}
			home := pick(b, towns)
			name := nameStarts[n] + " " + pick(b, trade.endings)
			values := map[string]any{
				"owner": user.Id, "name": name,
				"about":    about(name, trade, home, n),
				"website":  "https://" + strings.ToLower(strings.ReplaceAll(name, " ", "-")) + ".example",
				"industry": b.fields[trade.industry],
				"size":     pick(b, []string{"1-10", "11-50", "11-50", "51-200", "201-1000", "1001+"}),
				"location": home.name,
				"verified": b.chance(70),
			}
			if n%8 != 5 { // the others show their initials
				if values["logo"], err = logo(n); err != nil {
					return err
				}
			}
			record, err := b.create(collections.Employers, values)
			if err != nil {
				return err
			}
			at := b.ago(history, 2*history)
			if err := b.backdate(record, map[string]time.Time{"created": at, "updated": at}); err != nil {
				return err
			}
			b.companies = append(b.companies, company{record: record, trade: trade, town: home})
		}
	}
	return nil
}

// about is what the nth company writes about itself: what it does, its story, and what working there is like.
func about(name string, t trade, home town, n int) string {
	city, _, _ := strings.Cut(home.name, ",")
	habit := func(step int) string { return habits[(3*n+step)%len(habits)] }
	return fmt.Sprintf("<p>%s %s. Our home is %s.</p><p>%s</p><h3>How we work</h3><ul><li>%s</li><li>%s</li><li>%s</li></ul>",
		name, t.mission, city, companyStories[n%len(companyStories)], habit(0), habit(4), habit(8))
}

func (b *board) postJobs() error {
	for n, company := range b.companies {
		for i := range jobsPerCompany {
			role := company.trade.roles[i%len(company.trade.roles)]
			// one draft here and there; the demo employer's last one
			draft := b.chance(5) || n == 0 && i == jobsPerCompany-1
			if err := b.postJob(company, role, draft); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *board) postJob(c company, r role, draft bool) error {
	level := pick(b, []string{"entry", "mid", "mid", "senior", "lead"})
	title, factor := r.title, c.town.factor
	jobType := pick(b, []string{"full_time", "full_time", "full_time", "part_time", "contract", "temporary"})
	switch {
	case strings.Contains(title, "Intern"):
		level, jobType = "internship", "internship"
	case strings.Contains(title, "volunteer"):
		level, jobType = "entry", "volunteer"
	case level == "senior":
		title, factor = "Senior "+title, factor*1.25
	case level == "entry":
		title, factor = "Junior "+title, factor*0.8
	case level == "lead":
		title, factor = "Lead "+title, factor*1.4
	}
	workplace := "on_site"
	if r.remote {
		workplace = pick(b, []string{"remote", "remote", "hybrid", "on_site"})
	}
	places := []string{c.town.name}
	if b.chance(15) {
		places = append(places, pick(b, towns).name)
	}
	values := map[string]any{
		"employer": c.record.Id, "title": title, "workplace": workplace, "jobType": jobType, "experienceLevel": level,
		"description": description(c, r),
		"locations":   places,
		"industry":    b.fields[c.trade.industry],
		"fields":      []string{b.fields[r.field]},
		"skills":      r.skills,
		"status":      workflow.Published,
	}
	if workplace == "remote" && b.chance(60) {
		values["applicantCountries"] = pick(b, [][]string{{"DE", "AT", "CH"}, {"FR", "ES", "PT"}, {"GB", "IE"}, {"US", "CA"}})
	}
	if r.high > 0 && b.chance(75) {
		values["salaryMin"] = round(float64(r.low) * 1000 * factor)
		values["salaryMax"] = round(float64(r.high) * 1000 * factor)
		values["salaryCurrency"], values["salaryPeriod"] = c.town.currency, "year"
	}
	if b.chance(35) {
		values["deadline"] = b.now.Add(time.Duration(b.fake.IntRange(1, 40)) * 24 * time.Hour).UTC().Format(time.RFC3339)
	}
	if b.chance(30) {
		values["questions"] = []map[string]any{
			{"id": "start", "label": "When could you start?", "type": "text"},
			{"id": "permit", "label": "May you work in this country?", "type": "yes_no"},
		}
	}
	if draft {
		values["status"] = workflow.Draft
	}
	job, err := b.create(collections.Jobs, values)
	if err != nil {
		return err
	}
	at := b.ago(2*time.Hour, history)
	dates := map[string]time.Time{"created": at, "updated": at}
	if !draft {
		dates["publishedAt"], dates["firstPublishedAt"], dates["postedAt"] = at, at, at
		b.open = append(b.open, job)
	}
	b.jobs = append(b.jobs, job)
	return b.backdate(job, dates)
}

func description(c company, r role) string {
	return fmt.Sprintf(
		"<p>%s %s. We look for somebody who likes to do good work with others.</p><h3>What you will do</h3><ul><li>%s</li></ul>"+
			"<h3>What you bring</h3><ul><li>%s</li></ul>"+
			"<h3>What we offer</h3><ul><li>A plain contract and fair pay</li><li>Thirty days of holiday</li><li>Time to learn</li></ul>",
		c.record.GetString("name"), c.trade.mission, strings.Join(r.tasks, "</li><li>"), strings.Join(r.skills, "</li><li>"))
}

// round makes a salary look like one.
func round(salary float64) float64 { return math.Round(salary/500) * 500 }

// closeJobs ends some jobs, after people have applied: every tenth is closed, every fifteenth has expired.
func (b *board) closeJobs() error {
	for i, job := range b.open {
		status := ""
		switch {
		case i%10 == 7:
			status = workflow.Closed
		case i%15 == 4:
			status = workflow.Expired
		default:
			continue
		}
		fresh, err := b.app.FindRecordById(collections.Jobs, job.Id)
		if err != nil {
			return fmt.Errorf("read job %s: %w", job.Id, err)
		}
		fresh.Set("status", status)
		if err := b.app.Save(fresh); err != nil {
			return fmt.Errorf("end job %s: %w", job.Id, err)
		}
		at := b.ago(time.Hour, b.now.Sub(fresh.GetDateTime("publishedAt").Time()))
		dates := map[string]time.Time{"closedAt": at, "updated": at}
		if status == workflow.Expired {
			dates["deadline"] = at
		}
		if err := b.backdate(fresh, dates); err != nil {
			return err
		}
	}
	return nil
}

// save lets seekers keep jobs and searches.
func (b *board) save() error {
	var stored []string
	err := b.app.DB().Select("id").From(collections.Jobs).Where(dbx.HashExp{"status": workflow.Published}).OrderBy("rowid").Column(&stored)
	if err != nil {
		return fmt.Errorf("read the published jobs: %w", err)
	}
	for i, seeker := range b.seekers {
		kept := []string{}
		for range 3 {
			id := pick(b, stored)
			if slices.Contains(kept, id) {
				continue
			}
			kept = append(kept, id)
			if _, err := b.create(collections.SavedJobs, map[string]any{"seeker": seeker.Id, "job": id}); err != nil {
				return err
			}
		}
		if i%4 == 0 {
			search := map[string]any{"q": pick(b, []string{"developer", "nurse", "design", "driver"}), "sort": "newest"}
			values := map[string]any{
				"seeker": seeker.Id, "name": fmt.Sprint(search["q"], " jobs"), "query": search,
				"frequency": pick(b, collections.Frequencies()),
			}
			if _, err := b.create(collections.SavedSearches, values); err != nil {
				return err
			}
		}
	}
	return nil
}
