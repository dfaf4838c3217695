package meaning

import "strings"

// maxEmployerWords is the length of the longest employer name that is understood.
const maxEmployerWords = 6

// legalForms are left out at the end of a name.
var legalForms = map[string]bool{"inc": true, "llc": true, "ltd": true, "limited": true, "corp": true, "corporation": true, "co": true,
	"company": true, "plc": true, "gmbh": true, "ag": true, "kg": true, "se": true, "sa": true, "sas": true, "sarl": true, "bv": true,
	"nv": true, "ab": true, "oy": true, "as": true, "srl": true, "spa": true, "pty": true, "llp": true, "lp": true, "pllc": true, "mbh": true}

// NameKey returns what an employer's name is looked up by: its folded words without the legal form.
func NameKey(name string) string {
	words := split(strings.ReplaceAll(name, `"`, " "))
	for len(words) > 1 && legalForms[words[len(words)-1].folded] {
		words = words[:len(words)-1]
	}
	if len(words) == 0 || len(words) > maxEmployerWords {
		return ""
	}
	return key(words)
}

// employerAt understands the name of an employer that begins at word i. A name of one word must not be a word that means
// something else.
func (r *reader) employerAt(i int) (Part, int) {
	if !r.fields[FieldEmployer] {
		return Part{}, 0
	}
	rest := r.words[i:min(i+r.board.EmployerWords(r.words[i].folded), len(r.words))]
	for n := len(rest); n > 0; n-- {
		if !rest[n-1].closes || strings.Contains(r.text[rest[0].start:rest[n-1].end], `"`) {
			continue
		}
		name := key(rest[:n])
		ids, label := r.board.Employers(name)
		if len(ids) == 0 || r.senses[name] != nil || n == 1 && (r.board.HasSynonyms(name) || r.board.InTitles(name)) {
			continue
		}
		part := r.part(i, n)
		part.Field, part.Value, part.Label = FieldEmployer, strings.Join(ids, ","), label
		return part, n
	}
	return Part{}, 0
}
