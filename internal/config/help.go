package config

// help says what each variable is for, in lists of the configuration, in the flags' help and in .env.example.
var help = map[string]string{
	"JOBBOARD_URL":  "public address of the board, as it stands in mails, feeds and the sitemap",
	"JOBBOARD_NAME": "the board's name, as it stands in mails and page titles",

	"JOBBOARD_LANGUAGE": "language of the public pages: de or en",
	"JOBBOARD_LOGO": "file with the board's logo for its pages: an SVG, PNG, JPEG or WebP of at most 100 kB; without it the pages " +
		"show the board's mark",
	"JOBBOARD_ACCENT": "accent colour of the pages and the admin UI, as #rrggbb",

	"JOBBOARD_SMTP_HOST":     "mail server; giving it turns SMTP on (otherwise the local sendmail is used)",
	"JOBBOARD_SMTP_PORT":     "port of the mail server",
	"JOBBOARD_SMTP_USERNAME": "user name at the mail server",
	"JOBBOARD_SMTP_PASSWORD": "password at the mail server",
	"JOBBOARD_SMTP_AUTH":     "how to log in to the mail server: plain or login",
	"JOBBOARD_SMTP_TLS":      "on: TLS from the first byte (port 465); off: STARTTLS if the server offers it",

	"JOBBOARD_SENDER_NAME":    "sender's name of the board's mails",
	"JOBBOARD_SENDER_ADDRESS": "sender's address of the board's mails",

	"JOBBOARD_MFA": "who has to give a code from a mail besides the password: off, admins, people (admins and employers) or everyone; needs " +
		"a way to send mails",
	"JOBBOARD_MAIL_CODES": "let users sign in with a code from a mail instead of a password",

	"JOBBOARD_GOOGLE_CLIENT_ID":       "lets users sign in with Google; see docs/sign-in.md for this and the other providers",
	"JOBBOARD_GOOGLE_CLIENT_SECRET":   "belongs to JOBBOARD_GOOGLE_CLIENT_ID",
	"JOBBOARD_LINKEDIN_CLIENT_ID":     "lets users sign in with LinkedIn",
	"JOBBOARD_LINKEDIN_CLIENT_SECRET": "belongs to JOBBOARD_LINKEDIN_CLIENT_ID",
	"JOBBOARD_GITHUB_CLIENT_ID":       "lets users sign in with GitHub",
	"JOBBOARD_GITHUB_CLIENT_SECRET":   "belongs to JOBBOARD_GITHUB_CLIENT_ID",
	"JOBBOARD_OIDC_ISSUER":            "lets users sign in with any OpenID provider: its address, without /.well-known/openid-configuration",
	"JOBBOARD_OIDC_NAME":              "the provider's name on the button",
	"JOBBOARD_OIDC_CLIENT_ID":         "of the board at the OpenID provider",
	"JOBBOARD_OIDC_CLIENT_SECRET":     "of the board at the OpenID provider",

	"JOBBOARD_RATE_LIMITS": "limit how often one client may call; off for load tests only",
	"JOBBOARD_PASSWORD_TRIES": "wrong passwords that one address may send for one account before it has to wait; all unknown " +
		"addresses together may send five times as many",
	"JOBBOARD_REGISTRATIONS": "accounts that one address may register at once, and then one a minute",
	"JOBBOARD_TRUSTED_PROXY_HEADERS": "comma-separated headers in which your reverse proxy sends the client's real address; only behind " +
		"a proxy that always sets them",
	"JOBBOARD_MAX_WAIT_MS": "milliseconds that a request may wait for its turn when more arrive than the board can handle; a " +
		"request that would wait longer is answered with 503 at once; 0 turns this off",
	"JOBBOARD_BATCH_MAX_REQUESTS": "how many requests one batch may contain",
	"JOBBOARD_BATCH_MAX_BODY_MB":  "how large one batch may be, in MB",

	"JOBBOARD_REALTIME_TOPICS": "topics that one realtime connection may have; 0 is no limit",
	"JOBBOARD_REALTIME_TOPIC_BYTES": "how long one topic with its options may be; all topics of a connection together may " +
		"be ten times as long; 0 is no limit",
	"JOBBOARD_REALTIME_CONNECTIONS": "realtime connections of the whole board; this limit and the next two apply while " +
		"JOBBOARD_RATE_LIMITS is on; 0 is no limit",
	"JOBBOARD_REALTIME_CONNECTIONS_PER_USER":    "realtime connections of one account",
	"JOBBOARD_REALTIME_CONNECTIONS_PER_ADDRESS": "realtime connections from one address (IPv6: from one /64)",

	"JOBBOARD_LOG_LEVEL": "lowest level that is logged: debug, info, warn or error",
	"JOBBOARD_LOG_REQUESTS": "log successful requests too, not only failed ones; search terms, addresses and tokens are never " +
		"logged",
	"JOBBOARD_NOTIFICATION_DAYS": "days after which read notifications are deleted; 0 keeps them",

	"JOBBOARD_BACKUP_SCHEDULE": "when backups are made: a cron expression, in UTC, such as 0 3 * * *, or @daily, @weekly, or off; " +
		"a new board makes one each day at 3:00",
	"JOBBOARD_BACKUP_KEEP": "how many scheduled backups are kept; a new board keeps seven",

	"JOBBOARD_PRIVATE_ADDRESSES": "let the board request web addresses in private networks and on this machine, at any port, for imports; " +
		"otherwise only public ones, at ports 80 and 443",

	"JOBBOARD_BUCKET_NAME": "S3 bucket that the board copies its database to, all the time, and keeps uploaded files in; a second and third " +
		"board with the same bucket become its followers: docs/cluster.md",
	"JOBBOARD_BUCKET_ENDPOINT":   "address of the S3 server; without it Amazon's for the region",
	"JOBBOARD_BUCKET_REGION":     "region of the bucket",
	"JOBBOARD_BUCKET_ACCESS_KEY": "access key that may read, write and delete in the bucket",
	"JOBBOARD_BUCKET_SECRET_KEY": "belongs to JOBBOARD_BUCKET_ACCESS_KEY",
	"JOBBOARD_BUCKET_PATH_STYLE": "on: the bucket is named in the path of its address; off: in the host name",
	"JOBBOARD_NODE_URL": "address at which the other nodes of the cluster reach this one; without it the machine's name and the port " +
		"that the board listens at",
	"JOBBOARD_CLUSTER_WRITES": "when a write is answered: safe, once the bucket has it, or quick, once it is on the leader's disk, so that " +
		"the last moments before a crash of that machine can be lost",

	"JOBBOARD_METRICS_TOKEN": "turns on /metrics (Prometheus) for clients that send this token as Authorization: Bearer",

	"JOBBOARD_SEARCH_LANGUAGE": "language whose word forms the search recognises: da, de, en, es, fi, fr, it, nl, no, pt, ru, sv, or " +
		"none",

	"JOBBOARD_ADMIN_PASSWORD": "password for the command admin create",
	"JOBBOARD_DEMO_PASSWORD":  "password of the accounts that the command demo creates",
}
