package jobstats

import "strings"

// botWords are what programs call themselves, in lower case, that read pages for a search engine, a preview, an archive or a monitor. It
// is short on purpose: the general lists also name the HTTP libraries of programming languages, by which people's own programs read the
// API, and they change every week.
var botWords = []string{
	"bot", "crawl", "spider", "slurp", "archiver", "httrack", "nutch", "scrapy", "preview", "embedly", "whatsapp/",
	"facebookexternalhit", "facebookcatalog", "mediapartners-google", "google-read-aloud", "google-inspectiontool", "googleother",
	"apis-google", "feedfetcher", "headlesschrome", "phantomjs", "lighthouse", "pingdom", "uptime", "statuscake", "validator",
}

// isBot reports whether a user agent says that it is no person's.
func isBot(agent string) bool {
	agent = strings.ToLower(agent)
	for _, word := range botWords {
		if strings.Contains(agent, word) {
			return true
		}
	}
	return false
}
