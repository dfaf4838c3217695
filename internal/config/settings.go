package config

import (
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// The names under which the hooks are bound.
const (
	overlayHookID = "jobboardConfigOverlay"
	keepHookID    = "jobboardConfigKeep"
)

var logLevels = map[string]slog.Level{
	"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
}

// overlay is one of PocketBase's settings that a variable can override.
type overlay struct {
	variable string
	set      func(s *core.Settings, c *Config)
	copy     func(to, from *core.Settings)
	equal    func(a, b *core.Settings) bool
}

func over[T any](variable string, at func(s *core.Settings) *T, want func(c *Config) T) overlay {
	return overlay{
		variable: variable,
		set:      func(s *core.Settings, c *Config) { *at(s) = want(c) },
		copy:     func(to, from *core.Settings) { *at(to) = *at(from) },
		equal:    func(a, b *core.Settings) bool { return reflect.DeepEqual(*at(a), *at(b)) },
	}
}

var overlays = []overlay{
	over("JOBBOARD_URL", func(s *core.Settings) *string { return &s.Meta.AppURL },
		func(c *Config) string { return c.URL }),
	over("JOBBOARD_NAME", func(s *core.Settings) *string { return &s.Meta.AppName },
		func(c *Config) string { return c.Name }),
	over("JOBBOARD_ACCENT", func(s *core.Settings) *string { return &s.Meta.AccentColor },
		func(c *Config) string { return c.Accent }),
	over("JOBBOARD_SENDER_NAME", func(s *core.Settings) *string { return &s.Meta.SenderName },
		func(c *Config) string { return c.SenderName }),
	over("JOBBOARD_SENDER_ADDRESS", func(s *core.Settings) *string { return &s.Meta.SenderAddress },
		func(c *Config) string { return c.SenderAddress }),
	over("JOBBOARD_SMTP_HOST", func(s *core.Settings) *bool { return &s.SMTP.Enabled },
		func(*Config) bool { return true }),
	over("JOBBOARD_SMTP_HOST", func(s *core.Settings) *string { return &s.SMTP.Host },
		func(c *Config) string { return c.SMTPHost }),
	over("JOBBOARD_SMTP_PORT", func(s *core.Settings) *int { return &s.SMTP.Port },
		func(c *Config) int { return c.SMTPPort }),
	over("JOBBOARD_SMTP_USERNAME", func(s *core.Settings) *string { return &s.SMTP.Username },
		func(c *Config) string { return c.SMTPUsername }),
	over("JOBBOARD_SMTP_PASSWORD", func(s *core.Settings) *string { return &s.SMTP.Password },
		func(c *Config) string { return c.SMTPPassword }),
	over("JOBBOARD_SMTP_AUTH", func(s *core.Settings) *string { return &s.SMTP.AuthMethod },
		func(c *Config) string { return c.SMTPAuth }),
	over("JOBBOARD_SMTP_TLS", func(s *core.Settings) *bool { return &s.SMTP.TLS },
		func(c *Config) bool { return c.SMTPTLS }),
	over("JOBBOARD_RATE_LIMITS", func(s *core.Settings) *bool { return &s.RateLimits.Enabled },
		func(c *Config) bool { return c.RateLimits }),
	over("JOBBOARD_BATCH_MAX_REQUESTS", func(s *core.Settings) *int { return &s.Batch.MaxRequests },
		func(c *Config) int { return c.BatchMaxRequests }),
	over("JOBBOARD_BATCH_MAX_BODY_MB", func(s *core.Settings) *int64 { return &s.Batch.MaxBodySize },
		func(c *Config) int64 { return int64(c.BatchMaxBodyMB) << 20 }),
	over("JOBBOARD_LOG_LEVEL", func(s *core.Settings) *int { return &s.Logs.MinLevel },
		func(c *Config) int { return int(logLevels[strings.ToLower(c.LogLevel)]) }),
	over("JOBBOARD_BACKUP_SCHEDULE", func(s *core.Settings) *string { return &s.Backups.Cron },
		func(c *Config) string { return c.BackupSchedule }),
	over("JOBBOARD_BACKUP_KEEP", func(s *core.Settings) *int { return &s.Backups.CronMaxKeep },
		func(c *Config) int { return c.BackupKeep }),
	over("JOBBOARD_BUCKET_NAME", func(s *core.Settings) *core.S3Config { return &s.S3 },
		func(c *Config) core.S3Config { return c.uploadedFiles() }),
	over("JOBBOARD_TRUSTED_PROXY_HEADERS", func(s *core.Settings) *[]string { return &s.TrustedProxy.Headers },
		func(c *Config) []string { return c.TrustedProxyHeaders }),
}

// Bind lays the given configuration over PocketBase's settings whenever they are loaded, in memory only: the database keeps what the
// admin UI saved, and gets neither the configuration nor its secrets. So the environment overrides the admin UI while a variable is
// given, and the admin UI's value returns when it no longer is.
func (c *Config) Bind(app core.App) {
	var given []overlay
	for _, o := range overlays {
		if c.given[o.variable] {
			given = append(given, o)
		}
	}
	if len(given) == 0 {
		return
	}
	wanted := &core.Settings{}
	for _, o := range given {
		o.set(wanted, c)
	}

	var mu sync.Mutex
	var stored *core.Settings // as loaded, before the overlay

	app.OnSettingsReload().Bind(&hook.Handler[*core.SettingsReloadEvent]{
		Id: overlayHookID,
		// innermost, so that PocketBase's own listeners see the outcome
		Priority: 999,
		Func: func(e *core.SettingsReloadEvent) error {
			if err := e.Next(); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			loaded, err := e.App.Settings().Clone()
			if err != nil {
				return fmt.Errorf("keep the stored settings: %w", err)
			}
			stored = loaded
			for _, o := range given {
				o.copy(e.App.Settings(), wanted)
			}
			return nil
		},
	})

	// A value that equals the overlay came from it, since the admin UI and migrations save whole settings; any other value was meant
	// to be stored.
	keep := func(e *core.ModelEvent) error {
		saved, ok := e.Model.(*core.Settings)
		mu.Lock()
		before := stored
		mu.Unlock()
		if !ok || before == nil {
			return e.Next()
		}
		clean, err := saved.Clone()
		if err != nil {
			return fmt.Errorf("keep the configuration out of the database: %w", err)
		}
		for _, o := range given {
			if o.equal(clean, wanted) {
				o.copy(clean, before)
			}
		}
		e.Model = clean
		err = e.Next()
		e.Model = saved
		return err
	}
	table := (&core.Settings{}).TableName()
	app.OnModelCreateExecute(table).Bind(&hook.Handler[*core.ModelEvent]{Id: keepHookID, Func: keep})
	app.OnModelUpdateExecute(table).Bind(&hook.Handler[*core.ModelEvent]{Id: keepHookID, Func: keep})
}
