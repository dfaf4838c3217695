// Package config reads the board's configuration, from flags and JOBBOARD_* variables, into one checked struct.
package config

import (
	"reflect"
	"strings"
)

// Config is everything that can be configured from outside the database. What is not given stays as set in the admin UI (or has its
// default below); what is given overrides the admin UI for as long as it is given, see [Config.Bind]. The variables are explained in
// help.go.
//
// A flag is named after its variable: JOBBOARD_SMTP_HOST is --smtp-host. The flag wins. Secrets have no flag, but can be read from a
// file: JOBBOARD_SMTP_PASSWORD_FILE names it.
type Config struct {
	URL  string `env:"JOBBOARD_URL" example:"https://jobs.example.org"`
	Name string `env:"JOBBOARD_NAME" example:"Jobs"`

	Language string `env:"JOBBOARD_LANGUAGE" envDefault:"en" example:"en"`
	Logo     string `env:"JOBBOARD_LOGO" example:"/etc/jobboard/logo.svg"`
	Accent   string `env:"JOBBOARD_ACCENT" example:"#0d6b58"`

	SMTPHost     string `env:"JOBBOARD_SMTP_HOST" example:"smtp.example.org"`
	SMTPPort     int    `env:"JOBBOARD_SMTP_PORT" example:"587"`
	SMTPUsername string `env:"JOBBOARD_SMTP_USERNAME" example:"jobs@example.org"`
	SMTPPassword string `env:"JOBBOARD_SMTP_PASSWORD" secret:"true"`
	SMTPAuth     string `env:"JOBBOARD_SMTP_AUTH" example:"plain"`
	SMTPTLS      bool   `env:"JOBBOARD_SMTP_TLS" example:"off"`

	SenderName    string `env:"JOBBOARD_SENDER_NAME" example:"Jobs"`
	SenderAddress string `env:"JOBBOARD_SENDER_ADDRESS" example:"jobs@example.org"`

	MFA       string `env:"JOBBOARD_MFA" example:"people"`
	MailCodes bool   `env:"JOBBOARD_MAIL_CODES" example:"on"`

	GoogleClientID       string `env:"JOBBOARD_GOOGLE_CLIENT_ID" example:"123-abc.apps.googleusercontent.com"`
	GoogleClientSecret   string `env:"JOBBOARD_GOOGLE_CLIENT_SECRET" secret:"true"`
	LinkedInClientID     string `env:"JOBBOARD_LINKEDIN_CLIENT_ID" example:"86abc"`
	LinkedInClientSecret string `env:"JOBBOARD_LINKEDIN_CLIENT_SECRET" secret:"true"`
	GitHubClientID       string `env:"JOBBOARD_GITHUB_CLIENT_ID" example:"Iv1.abc"`
	GitHubClientSecret   string `env:"JOBBOARD_GITHUB_CLIENT_SECRET" secret:"true"`
	OIDCIssuer           string `env:"JOBBOARD_OIDC_ISSUER" example:"https://id.example.org"`
	OIDCName             string `env:"JOBBOARD_OIDC_NAME" envDefault:"OpenID" example:"Example ID"`
	OIDCClientID         string `env:"JOBBOARD_OIDC_CLIENT_ID" example:"jobboard"`
	OIDCClientSecret     string `env:"JOBBOARD_OIDC_CLIENT_SECRET" secret:"true"`

	RateLimits          bool     `env:"JOBBOARD_RATE_LIMITS" example:"on"`
	PasswordTries       int      `env:"JOBBOARD_PASSWORD_TRIES" envDefault:"10" example:"10"`
	Registrations       int      `env:"JOBBOARD_REGISTRATIONS" envDefault:"20" example:"20"`
	TrustedProxyHeaders []string `env:"JOBBOARD_TRUSTED_PROXY_HEADERS" example:"X-Forwarded-For"`
	MaxWaitMS           int      `env:"JOBBOARD_MAX_WAIT_MS" envDefault:"200" example:"200"`
	BatchMaxRequests    int      `env:"JOBBOARD_BATCH_MAX_REQUESTS" example:"50"`
	BatchMaxBodyMB      int      `env:"JOBBOARD_BATCH_MAX_BODY_MB" example:"32"`

	RealtimeTopics                int `env:"JOBBOARD_REALTIME_TOPICS" envDefault:"100" example:"100"`
	RealtimeTopicBytes            int `env:"JOBBOARD_REALTIME_TOPIC_BYTES" envDefault:"2000" example:"2000"`
	RealtimeConnections           int `env:"JOBBOARD_REALTIME_CONNECTIONS" envDefault:"10000" example:"10000"`
	RealtimeConnectionsPerUser    int `env:"JOBBOARD_REALTIME_CONNECTIONS_PER_USER" envDefault:"20" example:"20"`
	RealtimeConnectionsPerAddress int `env:"JOBBOARD_REALTIME_CONNECTIONS_PER_ADDRESS" envDefault:"200" example:"200"`

	LogLevel         string `env:"JOBBOARD_LOG_LEVEL" example:"info"`
	LogRequests      bool   `env:"JOBBOARD_LOG_REQUESTS" example:"off"`
	NotificationDays int    `env:"JOBBOARD_NOTIFICATION_DAYS" envDefault:"365" example:"365"`

	BackupSchedule string `env:"JOBBOARD_BACKUP_SCHEDULE" example:"@daily"`
	BackupKeep     int    `env:"JOBBOARD_BACKUP_KEEP" example:"7"`

	BucketName      string `env:"JOBBOARD_BUCKET_NAME" example:"jobs-example-org"`
	BucketEndpoint  string `env:"JOBBOARD_BUCKET_ENDPOINT" example:"https://s3.eu-central-1.amazonaws.com"`
	BucketRegion    string `env:"JOBBOARD_BUCKET_REGION" envDefault:"us-east-1" example:"eu-central-1"`
	BucketAccessKey string `env:"JOBBOARD_BUCKET_ACCESS_KEY" example:"AKIA..."`
	BucketSecretKey string `env:"JOBBOARD_BUCKET_SECRET_KEY" secret:"true"`
	BucketPathStyle bool   `env:"JOBBOARD_BUCKET_PATH_STYLE" envDefault:"true" example:"on"`
	NodeURL         string `env:"JOBBOARD_NODE_URL" example:"http://10.0.0.2:8090"`
	ClusterWrites   string `env:"JOBBOARD_CLUSTER_WRITES" envDefault:"safe" example:"safe"`

	PrivateAddresses bool `env:"JOBBOARD_PRIVATE_ADDRESSES" envDefault:"false" example:"off"`

	MetricsToken string `env:"JOBBOARD_METRICS_TOKEN" secret:"true"`

	SearchLanguage string `env:"JOBBOARD_SEARCH_LANGUAGE" envDefault:"en" example:"en"`

	AdminPassword string `env:"JOBBOARD_ADMIN_PASSWORD" secret:"true"`
	DemoPassword  string `env:"JOBBOARD_DEMO_PASSWORD" secret:"true"`

	given   map[string]bool
	unknown []string
}

// Setting is one line of the configuration, for lists of it.
type Setting struct {
	Variable string // the environment variable
	Flag     string // the flag's name without dashes, empty for secrets
	Help     string
	Example  string
	Secret   bool
	// Value is the value as people write it; for a secret it is never more than "(set)".
	Value string
	// Given is false if the admin UI or the default decides.
	Given bool

	kind reflect.Kind
}

// Settings returns the configuration in the order of the struct, without secrets.
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
			Help:     help[variable],
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

// String returns the configuration for logs and terminals, without secrets.
func (c *Config) String() string {
	var text strings.Builder
	for _, setting := range c.Settings() {
		if setting.Value != "" {
			text.WriteString(setting.Variable + "=" + setting.Value + "\n")
		}
	}
	return text.String()
}
