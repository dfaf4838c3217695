package values

import "strings"

// meaning is a value of a select field with what stands for it. A word with spaces around it must stand alone, others may be a part
// of a word, as in compounds.
type meaning struct {
	value string
	words []string
}

// The first meaning with one of its words in the text counts, so the narrower ones come first.
var (
	jobTypes = []meaning{
		{"internship", []string{
			" intern ", " interns ", "internship", "praktik", " trainee", " stagiaire", " stage ", " co op ", "apprentic",
			"ausbildung", " azubi", " alternance ", "becari", "tirocinio", "work experience",
		}},
		{"volunteer", []string{"volunt", "ehrenamt", "freiwillig", " bénévol", " unpaid "}},
		{"part_time", []string{
			"working student", "werkstudent", "minijob", "mini job", "part time", "parttime", "teilzeit", " temps part", "halbtags",
			"tiempo parcial", "media jornada", "deeltijd",
		}},
		{"contract", []string{
			"freelanc", "freiberuf", "contractor", "self employed", "selbstständig", "selbständig", " b2b ", "honorar",
			"independent contract", " c2c ", " corp to corp ",
		}},
		{"full_time", []string{
			"full time", "fulltime", "vollzeit", " temps plein ", "tiempo completo", "jornada completa", "tempo pieno", "voltijd",
		}},
		{"temporary", []string{
			"tempora", " temp ", "fixed term", "befristet", " limited ", "seasonal", "saison", "zeitarbeit", "aushilf",
			" per diem ", " casual ", " cdd ", "interim", "intérim", "leasing",
		}},
		{"full_time", []string{
			"permanent", "regular", "festanstellung", "unbefristet", " cdi ", " employee ", "indefinite", "indefinido", " feste ",
		}},
		{"contract", []string{"contract"}},
	}
	bothTimes = []string{
		"full or part time", "full time or part time", "full part time", "full time part time", "vollzeit oder teilzeit",
		"vollzeit teilzeit", "voll oder teilzeit", "voll und teilzeit", "full and part time",
	}
	unlimited = strings.NewReplacer("unbefristet", "permanent", "non permanent", "temporary", "not permanent", "temporary")

	workplaces = []meaning{
		{"", []string{" unspecified ", " not specified "}},
		{"on_site", []string{" not remote ", " no remote ", " non remote ", " nicht remote ", " kein remote "}},
		{"hybrid", []string{
			"hybrid", "partly remote", "partially remote", "temporarily remote", "remote optional", "teilweise remote", "flexible",
		}},
		{"remote", []string{
			"remote", "telecommut", "home office", "homeoffice", "work from home", "work at home", " wfh ", "télétravail",
			"teletrabajo", " anywhere ", "ortsunabhängig", "mobiles arbeiten", "distributed", "home based",
		}},
		{"on_site", []string{
			"on site", "onsite", "office", "vor ort", "präsenz", "in person", " büro ", "presencial", "sur site", "in house", "inperson",
		}},
	}

	levels = []meaning{
		{"internship", []string{" intern ", "internship", "praktik", " trainee", "apprentic", "ausbildung"}},
		{"executive", []string{
			" executive ", "director", "direktor", " c level ", " cxo ", " vp ", "vice president", " chief ", "geschäftsführ",
			" president ", "vorstand",
		}},
		{"mid", []string{" mid ", "midlevel", "intermediate", "medior", "experienced", "berufserfahren", "professional", " regular "}},
		{"lead", []string{
			" lead ", "teamlead", "teamleit", "principal", " staff ", " head ", " manager ", "management", "führungskraft",
			"supervisor", "leiter",
		}},
		{"senior", []string{"senior", " sr ", "expert", "advanced"}},
		{"entry", []string{
			" entry", "student", "junior", " jr ", "graduate", "associate", "berufseinsteiger", "absolvent", " no experience ",
			"beginner", "débutant", "berufsanfänger", "novice", "starter",
		}},
	}
)

func find(meanings []meaning, key string) (value string, found bool) {
	for _, m := range meanings {
		for _, word := range m.words {
			if strings.Contains(key, word) {
				return m.value, true
			}
		}
	}
	return "", false
}

// JobType returns the value of jobs.jobType that a text names, or "".
func JobType(text string) string {
	k := unlimited.Replace(key(text))
	for _, both := range bothTimes {
		k = strings.ReplaceAll(k, both, "full time")
	}
	value, _ := find(jobTypes, k)
	return value
}

// Workplace returns the value of jobs.workplace that a text names, or "". known is true for a text that says nothing on purpose, such
// as "unspecified".
func Workplace(text string) (value string, known bool) { return find(workplaces, key(text)) }

// RemoteLocation reports whether the text of a place says that the work is remote, and not partly so.
func RemoteLocation(place string) bool {
	value, _ := Workplace(place)
	return value == "remote"
}

// Level returns the value of jobs.experienceLevel that a text names, or "".
func Level(text string) string {
	value, _ := find(levels, key(text))
	return value
}

// Period returns the value of jobs.salaryPeriod that a text names, or "" if it names none, several, or half or two of them.
func Period(text string) string {
	found := ""
	for _, word := range strings.Fields(key(text)) {
		if notOnePeriod[word] {
			return ""
		}
		period := periodWords[word]
		if period != "" && found != "" && period != found {
			return ""
		}
		if period != "" {
			found = period
		}
	}
	return found
}

var notOnePeriod = setOf("bi", "semi", "half", "2", "two", "fortnight", "quarter")

// periodWords are the periods that single words name.
var periodWords = byWord(map[string]string{
	"hour":  "hour hours hourly hr hrs h stunde std stündlich stundenlohn heure hora ora uur ph",
	"day":   "day daily tag täglich tagessatz jour día dia dag",
	"week":  "week weekly wk woche wöchentlich semaine semana pw",
	"month": "month monthly mo mth monat monatlich mtl mois mes mese maand pcm",
	"year":  "year yearly yr annum annual annually jahr jährlich jahresgehalt an año anno jaar pa",
})

// byWord returns the values by the words that stand for each.
func byWord(words map[string]string) map[string]string {
	values := map[string]string{}
	for value, names := range words {
		for name := range strings.FieldsSeq(names) {
			values[name] = value
		}
	}
	return values
}

// Truth reads a yes or no; known is false if it is neither.
func Truth(text string) (yes, known bool) {
	switch strings.TrimSpace(key(text)) {
	case "yes", "y", "true", "1", "x", "ja", "j", "oui", "sí", "si", "wahr":
		return true, true
	case "no", "n", "false", "0", "nein", "non", "falsch":
		return false, true
	}
	return false, false
}
