package demo

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-pdf/fpdf"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"jobboard/collections"
)

const seekerCount = 60

// people makes the accounts that the demo prints, and the other seekers with their profiles.
func (b *board) people() error {
	if _, err := b.create(core.CollectionNameSuperusers, map[string]any{"email": SuperuserEmail}); err != nil {
		return err
	}
	if _, err := b.user(AdminEmail, "Robin Admin", collections.RoleAdmin); err != nil {
		return err
	}
	for i := range seekerCount {
		name, email := b.fake.Name(), fmt.Sprintf("seeker%02d@example.com", i+1)
		if i == 0 {
			name, email = "Sam Seeker", SeekerEmail
		}
		seeker, err := b.user(email, name, collections.RoleJobSeeker)
		if err != nil {
			return err
		}
		b.seekers = append(b.seekers, seeker)
		if err := b.profile(seeker, i == 0); err != nil {
			return err
		}
	}
	return nil
}

func (b *board) user(email, name, role string) (*core.Record, error) {
	user, err := b.create(collections.Users, map[string]any{"email": email, "name": name, "role": role, "verified": true, "locale": "en"})
	if err != nil {
		return nil, err
	}
	at := b.ago(history, 2*history)
	return user, b.backdate(user, map[string]time.Time{"created": at, "updated": at})
}

// profile fills the profile that registration made.
func (b *board) profile(seeker *core.Record, first bool) error {
	profile, err := b.app.FindFirstRecordByData(collections.JobSeekers, "user", seeker.Id)
	if err != nil {
		return fmt.Errorf("find the profile of %s: %w", seeker.Email(), err)
	}
	trade := pick(b, trades)
	if first {
		trade = trades[0]
	}
	work := pick(b, trade.roles)
	town := pick(b, towns)
	years := b.fake.IntRange(0, 25)
	since := b.now.Year() - years
	title, _, _ := strings.Cut(work.title, " (")
	profile.Load(map[string]any{
		"headline": title,
		"summary": fmt.Sprintf("<p>%d years in the trade, mostly as %s. I like to %s.</p>",
			years, strings.ToLower(title), strings.ToLower(work.tasks[0])),
		"skills":          append(slices.Clone(work.skills), "teamwork"),
		"experienceYears": years,
		"location":        town.name,
		"experience": []collections.Position{{
			Title: title, Company: pick(b, nameStarts) + " " + pick(b, trade.endings),
			From: fmt.Sprint(since), Description: work.tasks[0] + ".",
		}},
		"education": []collections.Education{{
			School: "University of " + b.fake.City(), Degree: "BSc", Field: title, From: fmt.Sprint(since - 4), To: fmt.Sprint(since),
		}},
		"preferredJobTypes": []string{"full_time"},
		"openToWork":        b.chance(70),
		"visibility":        pick(b, []string{"applied_only", "applied_only", "employers", "employers", "hidden"}),
		"salaryExpectation": float64(work.low) * town.factor * 1000,
		"salaryCurrency":    town.currency,
	})
	if work.remote {
		profile.Set("preferredWorkplaces", []string{"remote", "hybrid"})
	}
	if first {
		profile.Set("visibility", collections.VisibilityEmployers)
	}
	if first || b.chance(50) {
		resume, err := resume(seeker.GetString("name"), title, town.name, work)
		if err != nil {
			return err
		}
		profile.Set("resumes", []*filesystem.File{resume})
	}
	if err := b.app.Save(profile); err != nil {
		return fmt.Errorf("save the profile of %s: %w", seeker.Email(), err)
	}
	for _, slug := range []string{trade.industry, work.field} {
		if _, err := b.create(collections.JobSeekerInterests, map[string]any{"seeker": seeker.Id, "field": b.fields[slug]}); err != nil {
			return err
		}
	}
	return nil
}

// resume draws a one-page CV.
func resume(name, title, place string, work role) (*filesystem.File, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	latin := pdf.UnicodeTranslatorFromDescriptor("")
	pdf.AddPage()
	pdf.SetFont("Helvetica", "B", 20)
	pdf.CellFormat(0, 12, latin(name), "", 1, "", false, 0, "")
	pdf.SetFont("Helvetica", "", 12)
	for _, line := range []string{title, place, "", "Skills: " + strings.Join(work.skills, ", "), "", "What I have done:"} {
		pdf.CellFormat(0, 8, latin(line), "", 1, "", false, 0, "")
	}
	for _, task := range work.tasks {
		pdf.CellFormat(0, 8, latin("-  "+task), "", 1, "", false, 0, "")
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("draw a CV: %w", err)
	}
	file, err := filesystem.NewFileFromBytes(out.Bytes(), "resume.pdf")
	if err != nil {
		return nil, fmt.Errorf("keep a CV: %w", err)
	}
	return file, nil
}
