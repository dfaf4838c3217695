package formats

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"jobboard/internal/transfer/values"
)

// columnNames are what people call the column of a field, in English and German. A column belongs to the first field that has its name.
var columnNames = []struct {
	field string
	names string // separated by commas
}{
	{"title", "title, job title, position, position title, job, job name, role, vacancy, vacancy title, stelle, stellentitel, " +
		"jobtitel, titel, stellenbezeichnung, berufsbezeichnung, position name"},
	{"company", "company, company name, employer, employer name, organisation, organization, hiring organization, client, firma, " +
		"unternehmen, arbeitgeber, firmenname"},
	{"description", "description, job description, full description, details, body, text, beschreibung, stellenbeschreibung, " +
		"aufgaben, tasks, responsibilities, duties"},
	{"requirements", "requirements, qualifications, profile, your profile, anforderungen, profil, qualifikationen"},
	{"benefits", "benefits, perks, we offer, what we offer, wir bieten, leistungen"},
	{"location", "location, locations, job location, place, work location, office, city state country, city state, city country, " +
		"ort, arbeitsort, standort, einsatzort, dienstort"},
	{"city", "city, town, stadt"},
	{"region", "region, state, province, county, bundesland"},
	{"country", "country, country code, land"},
	{"workplace", "workplace, workplace type, work mode, work model, location type, arbeitsmodell, arbeitsplatz"},
	{"remote", "remote, is remote, remote type, remote possible, telecommute, telecommuting, home office, homeoffice"},
	{"jobType", "job type, employment type, type, contract type, contract, commitment, beschäftigungsart, anstellungsart, " +
		"vertragsart, arbeitszeit, art der anstellung"},
	{"experienceLevel", "experience level, experience, level, seniority, seniority level, required experience, karrierestufe, " +
		"erfahrung, berufserfahrung"},
	{"industry", "industry, sector, branche"},
	{"fields", "field, fields, function, job function, category, department, team, abteilung, bereich, kategorie, berufsfeld"},
	{"skills", "skills, required skills, tags, keywords, kenntnisse, fähigkeiten, schlagworte"},
	{"salary", "salary, salary range, pay, pay range, compensation, wage, annual salary, yearly salary, monthly salary, hourly rate, " +
		"hourly wage, jahresgehalt, monatsgehalt, stundenlohn, gehalt, lohn, vergütung, gehaltsspanne, entgelt"},
	{"salaryMin", "salary min, min salary, minimum salary, salary from, pay min, gehalt von, gehalt min, mindestgehalt"},
	{"salaryMax", "salary max, max salary, maximum salary, salary to, pay max, gehalt bis, gehalt max, höchstgehalt"},
	{"salaryCurrency", "salary currency, currency, währung"},
	{"salaryPeriod", "salary period, pay period, period, salary unit, salary type, gehaltszeitraum, zeitraum"},
	{"deadline", "deadline, application deadline, closing date, close date, apply by, expires, expiry date, expiration date, " +
		"valid through, bewerbungsfrist, bewerbungsschluss, frist"},
	{"publishedAt", "published, published at, published on, date posted, posted, posted at, posted on, post date, posting date, " +
		"posted date, date, datum, veröffentlicht, veröffentlicht am, veröffentlichungsdatum"},
	{"externalId", "external id, id, ref, ref no, reference, reference number, job id, job code, job number, requisition id, req id, " +
		"nr, nummer, referenz, referenznummer, kennziffer, stellen id, stellennummer"},
	{"source", "source, quelle"},
	{"status", "status, job status"},
	{"applyUrl", "apply url, apply link, application url, application link, url, link, job url, job link, posting url, bewerbungslink"},
	{"applyEmail", "apply email, apply by email, application email, bewerbung an, bewerbungs e mail"},
	{"employer", "employer id"},
}

// payHints returns the currency and the period that a column's name says, such as "Annual salary (EUR)".
func payHints(name string) (currency, period string) {
	for _, word := range strings.FieldsFunc(name, func(c rune) bool { return strings.ContainsRune(" ()[]/,", c) }) {
		if code := values.Currency(word); code != "" && strings.ToUpper(word) == word {
			currency = code
		}
	}
	return currency, values.Period(name)
}

func columnFields() []string {
	var fields []string
	for _, column := range columnNames {
		fields = append(fields, column.field)
	}
	return fields
}

// columnKey returns a column's name in the form that is compared: "City/State/Country" and "city state country" are the same, and so
// are "jobType" and "Job Type".
func columnKey(name string) string {
	var key strings.Builder
	var before rune
	for _, c := range values.Text(name) {
		switch {
		case !unicode.IsLetter(c) && !unicode.IsDigit(c):
			c = ' '
		case unicode.IsUpper(c) && unicode.IsLower(before):
			key.WriteByte(' ')
		}
		before = c
		key.WriteRune(unicode.ToLower(c))
	}
	return strings.Join(strings.Fields(key.String()), " ")
}

// guessField returns the field that a column of a name holds, or "".
func guessField(name string) string {
	key := columnKey(name)
	if before, _, found := strings.Cut(name, "("); found && columnKey(before) != "" {
		key = columnKey(before) // "Salary (EUR)"
	}
	for _, column := range columnNames {
		if slices.Contains(strings.Split(column.names, ", "), key) || columnKey(column.field) == key {
			return column.field
		}
	}
	return ""
}

// CheckColumns reports what is wrong with columns such as "Job Title=title".
func CheckColumns(columns []string) error {
	for _, given := range columns {
		name, field, ok := cutLast(given)
		switch {
		case !ok || name == "":
			return fmt.Errorf("--map %q is not of the form \"COLUMN=FIELD\"", given)
		case field != "" && !slices.Contains(columnFields(), field):
			return fmt.Errorf("--map %q: %q is none of the fields %s", given, field, strings.Join(columnFields(), ", "))
		}
	}
	return nil
}

// cutLast cuts at the last "=", since a column's name may have one.
func cutLast(given string) (name, field string, ok bool) {
	i := strings.LastIndexByte(given, '=')
	if i < 0 {
		return "", "", false
	}
	return strings.TrimSpace(given[:i]), strings.TrimSpace(given[i+1:]), true
}

// mapColumns returns the columns of a table with their fields: the given ones, else the guessed ones. Of several columns that are taken
// for one field, the first is; of several given ones, all are.
func mapColumns(names, given []string) ([]column, error) {
	if err := CheckColumns(given); err != nil {
		return nil, err
	}
	columns := make([]column, len(names))
	fixed := make([]bool, len(names))
	taken := map[string]bool{}
	for i, name := range names {
		columns[i].name = values.Text(name)
	}
	for _, pair := range given {
		name, field, _ := cutLast(pair)
		i := slices.IndexFunc(columns, func(c column) bool { return columnKey(c.name) == columnKey(name) })
		if i < 0 {
			return nil, fmt.Errorf("--map %q: the file has no column %q; its columns are %s", pair, name, quoted(names))
		}
		columns[i].field, fixed[i], taken[field] = field, true, true
	}
	for i, name := range names {
		if field := guessField(name); !fixed[i] && field != "" && !taken[field] {
			columns[i].field, taken[field] = field, true
		}
	}
	return columns, nil
}

func quoted(names []string) string {
	var list []string
	for _, name := range names[:min(len(names), 50)] {
		list = append(list, values.Quote(name))
	}
	return strings.Join(list, ", ")
}
