// Package config reads the board's configuration, from flags and JOBBOARD_* variables, into one checked struct.
package config

import (
	"reflect"
	"strings"
)

// Config is everything that can be configured from outside the database. What
// is not given stays as the admin UI has it (or has its default below); what is
// given wins over the admin UI for as long as it is given, see [Config.Bind].
//
// A flag is named after its variable: JOBBOARD_SMTP_HOST is --smtp-host. The
// flag wins. Secrets have no flag, but can be read from a file:
// JOBBOARD_SMTP_PASSWORD_FILE names it.
type Config struct {
	URL  string `env:"JOBBOARD_URL" example:"https://jobs.example.org" help:"public address of the board, as in mails, feeds and the sitemap"`
	Name string `env:"JOBBOARD_NAME" example:"Jobs" help:"the board's name, as in mails and page titles"`

	Language string `env:"JOBBOARD_LANGUAGE" envDefault:"en" example:"en" help:"language of the public pages: de or en"`
	Logo     string `env:"JOBBOARD_LOGO" example:"/etc/jobboard/logo.svg" help:"file with the board's logo for its pages: an SVG, PNG, JPEG or WebP of at most 100 kB; else its mark"`
	Accent   string `env:"JOBBOARD_ACCENT" example:"#0d6b58" help:"accent colour of the pages and the admin UI, as #rrggbb"`

	SMTPHost     string `env:"JOBBOARD_SMTP_HOST" example:"smtp.example.org" help:"mail server; giving it turns SMTP on (else the local sendmail is used)"`
	SMTPPort     int    `env:"JOBBOARD_SMTP_PORT" example:"587" help:"port of the mail server"`
	SMTPUsername string `env:"JOBBOARD_SMTP_USERNAME" example:"jobs@example.org" help:"login at the mail server"`
	SMTPPassword string `env:"JOBBOARD_SMTP_PASSWORD" secret:"true" help:"password at the mail server"`
	SMTPAuth     string `env:"JOBBOARD_SMTP_AUTH" example:"plain" help:"how to log in at the mail server: plain or login"`
	SMTPTLS      bool   `env:"JOBBOARD_SMTP_TLS" example:"off" help:"on: TLS from the first byte (port 465); off: STARTTLS where the server offers it"`

	SenderName    string `env:"JOBBOARD_SENDER_NAME" example:"Jobs" help:"sender's name of the board's mails"`
	SenderAddress string `env:"JOBBOARD_SENDER_ADDRESS" example:"jobs@example.org" help:"sender's address of the board's mails"`

	RateLimits          bool     `env:"JOBBOARD_RATE_LIMITS" example:"on" help:"limit how often one client may call; off for load tests only"`
	PasswordTries       int      `env:"JOBBOARD_PASSWORD_TRIES" envDefault:"10" example:"10" help:"wrong passwords that one address may send for one account before it must wait; five times as many from all strange addresses together"`
	Registrations       int      `env:"JOBBOARD_REGISTRATIONS" envDefault:"20" example:"20" help:"accounts that one address may register at once, and one a minute after that"`
	TrustedProxyHeaders []string `env:"JOBBOARD_TRUSTED_PROXY_HEADERS" example:"X-Forwarded-For" help:"headers, by comma, in which your reverse proxy tells the client's real address; only behind a proxy that always sets them"`
	MaxWaitMS           int      `env:"JOBBOARD_MAX_WAIT_MS" envDefault:"200" example:"200" help:"milliseconds that a request may wait for its turn when more come than the board can carry; what would wait longer is answered 503 at once; 0 lets all wait"`
	BatchMaxRequests    int      `env:"JOBBOARD_BATCH_MAX_REQUESTS" example:"50" help:"how many calls one batch may hold"`
	BatchMaxBodyMB      int      `env:"JOBBOARD_BATCH_MAX_BODY_MB" example:"32" help:"how large one batch may be, in MB"`

	RealtimeTopics                int `env:"JOBBOARD_REALTIME_TOPICS" envDefault:"100" example:"100" help:"topics that one realtime connection may have; 0 is no limit"`
	RealtimeTopicBytes            int `env:"JOBBOARD_REALTIME_TOPIC_BYTES" envDefault:"2000" example:"2000" help:"how long one topic with its options may be, and all of a connection ten times as long; 0 is no limit"`
	RealtimeConnections           int `env:"JOBBOARD_REALTIME_CONNECTIONS" envDefault:"10000" example:"10000" help:"realtime connections of the whole board; like the next two it holds while JOBBOARD_RATE_LIMITS is on, and 0 is no limit"`
	RealtimeConnectionsPerUser    int `env:"JOBBOARD_REALTIME_CONNECTIONS_PER_USER" envDefault:"20" example:"20" help:"realtime connections of one account"`
	RealtimeConnectionsPerAddress int `env:"JOBBOARD_REALTIME_CONNECTIONS_PER_ADDRESS" envDefault:"200" example:"200" help:"realtime connections from one address (IPv6: from one /64)"`

	LogLevel         string `env:"JOBBOARD_LOG_LEVEL" example:"info" help:"least level that is logged: debug, info, warn or error"`
	LogRequests      bool   `env:"JOBBOARD_LOG_REQUESTS" example:"off" help:"log the requests that succeed too, not only those that fail; never with what was searched for, addresses or tokens"`
	NotificationDays int    `env:"JOBBOARD_NOTIFICATION_DAYS" envDefault:"365" example:"365" help:"days after which read notifications are deleted; 0 keeps them"`

	MetricsToken string `env:"JOBBOARD_METRICS_TOKEN" secret:"true" help:"turns /metrics (Prometheus) on, for who sends Authorization: Bearer with this token"`

	SearchLanguage string `env:"JOBBOARD_SEARCH_LANGUAGE" envDefault:"en" example:"en" help:"language whose word forms the search knows: da, de, en, es, fi, fr, it, nl, no, pt, ru, sv, or none"`

	AdminPassword string `env:"JOBBOARD_ADMIN_PASSWORD" secret:"true" help:"password for the command admin create"`
	DemoPassword  string `env:"JOBBOARD_DEMO_PASSWORD" secret:"true" help:"password of the accounts that the command demo makes"`

	given map[string]bool
}

// Setting is one line of the configuration, for lists of it.
type Setting struct {
	Variable string // the environment variable
	Flag     string // the flag's name without dashes, empty for secrets
	Help     string
	Example  string
	Secret   bool
	// Value is as people write it; of a secret it is never more than "(set)".
	Value string
	// Given is false where the admin UI or the default decides.
	Given bool

	kind reflect.Kind
}

// Settings lists the configuration in the order of the struct, without secrets.
func (c *Config) Settings() []Setting {
	value := reflect.ValueOf(c).Elem()
	var list []Setting
	for i := range value.NumField() {
		field := value.Type().Field(i)
		variable := field.Tag.Get("env")
		if variable == "" {
			continue
		}
		setting := Setting{
			Variable: variable,
			Help:     field.Tag.Get("help"),
			Example:  field.Tag.Get("example"),
			Secret:   field.Tag.Get("secret") == "true",
			Given:    c.given[variable],
			kind:     field.Type.Kind(),
		}
		switch {
		case setting.Secret && setting.Given:
			setting.Value = "(set)"
		case setting.Given || field.Tag.Get("envDefault") != "":
			setting.Value = written(value.Field(i))
		}
		if !setting.Secret {
			setting.Flag = strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(variable, prefix)), "_", "-")
		}
		list = append(list, setting)
	}
	return list
}

// String is the configuration for logs and terminals, without secrets.
func (c *Config) String() string {
	var text strings.Builder
	for _, setting := range c.Settings() {
		if setting.Value != "" {
			text.WriteString(setting.Variable + "=" + setting.Value + "\n")
		}
	}
	return text.String()
}
