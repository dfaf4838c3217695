package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The settings a board starts with; the admin UI may change them later.
func init() {
	m.Register(func(app core.App) error {
		settings := app.Settings()
		settings.Meta.AppName = "Job Board"
		settings.Meta.SenderName = "Job Board"
		// Collections are changed by migrations, so the admin UI does not offer it.
		settings.Meta.HideControls = true

		settings.Batch.Enabled = true
		settings.Batch.MaxRequests = 50
		settings.Batch.Timeout = 10
		settings.Batch.MaxBodySize = 32 << 20

		settings.RateLimits.Enabled = true
		settings.RateLimits.Rules = []core.RateLimitRule{
			// Logins, resets and registration are tight: they are what an attacker repeats.
			// An office or a school shares one address, so each still lets a small crowd in.
			{Label: "*:auth", MaxRequests: 60, Duration: 60},
			{Label: "*:requestPasswordReset", MaxRequests: 10, Duration: 60},
			{Label: "*:requestVerification", MaxRequests: 10, Duration: 60},
			{Label: "*:requestEmailChange", MaxRequests: 10, Duration: 60},
			{Label: "users:create", MaxRequests: 60, Duration: 60},
			{Label: "applications:create", MaxRequests: 60, Duration: 60},
			{Label: "*:create", MaxRequests: 120, Duration: 10},
			{Label: "/api/batch", MaxRequests: 30, Duration: 10},
			{Label: "/api/", MaxRequests: 1000, Duration: 10},
		}

		// Request logs keep neither addresses nor ids of people.
		settings.Logs.LogIP = false
		settings.Logs.LogAuthId = false

		return app.Save(settings)
	}, nil)
}
