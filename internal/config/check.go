package config

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/tools/cron"
	"github.com/pocketbase/pocketbase/tools/mailer"

	"jobboard/internal/pages"
	"jobboard/internal/search/text"
)

var (
	hostPattern   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$`)
	colourPattern = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
	headerPattern = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
)

// check rejects values that parse but cannot work, and brings the others into the form that the rest of the board expects. It checks
// only what is given.
func (c *Config) check() error {
	var wrong []error
	require := func(variable string, ok bool, must string) {
		if c.given[variable] && !ok {
			wrong = append(wrong, fmt.Errorf("%s: must be %s", variable, must))
		}
	}

	address, err := url.Parse(c.URL)
	require("JOBBOARD_URL", err == nil && (address.Scheme == "http" || address.Scheme == "https") &&
		address.Host != "" && address.User == nil && address.RawQuery == "" && address.Fragment == "",
		"a web address such as https://jobs.example.org")
	c.URL = strings.TrimRight(c.URL, "/")
	require("JOBBOARD_NAME", len(c.Name) <= 255, "at most 255 bytes long")

	c.Language = strings.ToLower(c.Language)
	require("JOBBOARD_LANGUAGE", slices.Contains(pages.Languages(), c.Language), "one of "+strings.Join(pages.Languages(), ", "))
	require("JOBBOARD_ACCENT", colourPattern.MatchString(c.Accent), "a colour such as #0d6b58")
	c.Accent = strings.ToLower(c.Accent)
	require("JOBBOARD_LOGO", slices.Contains([]string{".svg", ".png", ".jpg", ".jpeg", ".webp"}, strings.ToLower(filepath.Ext(c.Logo))),
		"an SVG, PNG, JPEG or WebP file, by its name")

	require("JOBBOARD_SMTP_HOST", hostPattern.MatchString(c.SMTPHost), "a host name or address, without a port")
	require("JOBBOARD_SMTP_PORT", c.SMTPPort >= 1 && c.SMTPPort <= 65535, "a port between 1 and 65535")
	c.SMTPAuth = strings.ToUpper(c.SMTPAuth)
	require("JOBBOARD_SMTP_AUTH", c.SMTPAuth == mailer.SMTPAuthPlain || c.SMTPAuth == mailer.SMTPAuthLogin, "plain or login")

	require("JOBBOARD_SENDER_NAME", len(c.SenderName) <= 255 && !strings.ContainsAny(c.SenderName, "\r\n"), "one line of at most 255 bytes")
	sender, err := mail.ParseAddress(c.SenderAddress)
	require("JOBBOARD_SENDER_ADDRESS", err == nil && sender.Address == c.SenderAddress, "an e-mail address and nothing else")

	wrong = append(wrong, c.checkSignIn()...)

	for i, header := range c.TrustedProxyHeaders {
		c.TrustedProxyHeaders[i] = strings.TrimSpace(header)
		require("JOBBOARD_TRUSTED_PROXY_HEADERS", headerPattern.MatchString(c.TrustedProxyHeaders[i]), "header names, separated by commas")
	}
	require("JOBBOARD_PASSWORD_TRIES", c.PasswordTries >= 1 && c.PasswordTries <= 10_000, "between 1 and 10000")
	require("JOBBOARD_REGISTRATIONS", c.Registrations >= 1 && c.Registrations <= 100_000, "between 1 and 100000")
	require("JOBBOARD_BATCH_MAX_REQUESTS", c.BatchMaxRequests >= 1 && c.BatchMaxRequests <= 10_000, "between 1 and 10000")
	require("JOBBOARD_BATCH_MAX_BODY_MB", c.BatchMaxBodyMB >= 1 && c.BatchMaxBodyMB <= 1024, "between 1 and 1024")

	require("JOBBOARD_MAX_WAIT_MS", c.MaxWaitMS >= 0 && c.MaxWaitMS <= 60_000, "between 0 and 60000")
	for variable, limit := range map[string]int{
		"JOBBOARD_REALTIME_TOPICS": c.RealtimeTopics, "JOBBOARD_REALTIME_TOPIC_BYTES": c.RealtimeTopicBytes,
		"JOBBOARD_REALTIME_CONNECTIONS": c.RealtimeConnections, "JOBBOARD_REALTIME_CONNECTIONS_PER_USER": c.RealtimeConnectionsPerUser,
		"JOBBOARD_REALTIME_CONNECTIONS_PER_ADDRESS": c.RealtimeConnectionsPerAddress,
	} {
		require(variable, limit >= 0 && limit <= 1_000_000, "between 0 and 1000000")
	}

	_, known := logLevels[strings.ToLower(c.LogLevel)]
	require("JOBBOARD_LOG_LEVEL", known, "debug, info, warn or error")
	require("JOBBOARD_NOTIFICATION_DAYS", c.NotificationDays >= 0 && c.NotificationDays <= 36_500, "between 0 and 36500")
	if c.BackupSchedule = strings.TrimSpace(c.BackupSchedule); strings.EqualFold(c.BackupSchedule, "off") {
		c.BackupSchedule = ""
	} else {
		_, err := cron.NewSchedule(c.BackupSchedule)
		require("JOBBOARD_BACKUP_SCHEDULE", err == nil, `a cron expression such as "0 3 * * *" (each day at 3:00, UTC), or off`)
	}
	require("JOBBOARD_BACKUP_KEEP", c.BackupKeep >= 1 && c.BackupKeep <= 1000, "between 1 and 1000")
	wrong = append(wrong, c.checkCluster()...)
	c.SearchLanguage = strings.ToLower(c.SearchLanguage)
	require("JOBBOARD_SEARCH_LANGUAGE", slices.Contains(text.Languages(), c.SearchLanguage), "one of "+strings.Join(text.Languages(), ", "))
	return errors.Join(wrong...)
}
