package formats

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"jobboard/internal/gazetteer"
	"jobboard/internal/transfer/values"
)

// jobPosting is a JobPosting of https://schema.org/JobPosting, as Google reads it.
type jobPosting struct {
	Identifier   identifier            `json:"identifier"`
	ID           text                  `json:"@id"`
	Title        text                  `json:"title"`
	Name         text                  `json:"name"`
	Description  text                  `json:"description"`
	Organization nameOrObject          `json:"hiringOrganization"`
	Locations    many[jobLocation]     `json:"jobLocation"`
	LocationType many[text]            `json:"jobLocationType"`
	Applicants   many[requiredCountry] `json:"applicantLocationRequirements"`
	Types        many[text]            `json:"employmentType"`
	Salary       baseSalary            `json:"baseSalary"`
	Currency     text                  `json:"salaryCurrency"`
	Industry     nameOrObject          `json:"industry"`
	Skills       many[nameOrObject]    `json:"skills"`
	Category     many[nameOrObject]    `json:"occupationalCategory"`
	Published    text                  `json:"datePosted"`
	Until        text                  `json:"validThrough"`
	Page         text                  `json:"url"`
}

// identifier is a text, or a PropertyValue.
type identifier string

func (i *identifier) UnmarshalJSON(raw []byte) error {
	var properties many[struct {
		Value text `json:"value"`
		ID    text `json:"@id"`
	}]
	var plain many[text]
	if err := errors.Join(json.Unmarshal(raw, &properties), json.Unmarshal(raw, &plain)); err != nil {
		return err
	}
	var found []text
	for _, property := range properties {
		found = append(found, property.Value, property.ID)
	}
	*i = identifier(cmp.Or(append(found, plain...)...))
	return nil
}

// nameOrObject is a text, or an object with a name.
type nameOrObject string

func (n *nameOrObject) UnmarshalJSON(raw []byte) error {
	var objects many[named]
	var plain many[text]
	if err := errors.Join(json.Unmarshal(raw, &objects), json.Unmarshal(raw, &plain)); err != nil {
		return err
	}
	var found []text
	for _, object := range objects {
		found = append(found, object.Name)
	}
	*n = nameOrObject(cmp.Or(append(found, plain...)...))
	return nil
}

// jobLocation is a Place with an address, an address, or a text.
type jobLocation struct {
	plain   text
	name    text
	address linkedAddress
}

// linkedAddress is a PostalAddress, whose country may be an object.
type linkedAddress struct {
	City    nameOrObject `json:"addressLocality"`
	Region  nameOrObject `json:"addressRegion"`
	Country nameOrObject `json:"addressCountry"`
}

func (l *jobLocation) UnmarshalJSON(raw []byte) error {
	*l = jobLocation{}
	if raw[0] != '{' {
		return l.plain.UnmarshalJSON(raw)
	}
	var place struct {
		Name    text            `json:"name"`
		Address json.RawMessage `json:"address"`
		linkedAddress
	}
	if err := json.Unmarshal(raw, &place); err != nil {
		return err
	}
	l.name, l.address = place.Name, place.linkedAddress
	if len(place.Address) == 0 {
		return nil
	}
	var plain many[text]
	var address many[linkedAddress]
	if err := errors.Join(json.Unmarshal(place.Address, &plain), json.Unmarshal(place.Address, &address)); err != nil {
		return err
	}
	if len(address) > 0 {
		l.address = address[0]
	}
	if len(plain) > 0 {
		l.plain = plain[0]
	}
	return nil
}

// requiredCountry is where applicants must live: a Country, a State with one, or a text.
type requiredCountry struct {
	name    nameOrObject
	country nameOrObject
	isState bool
}

func (c *requiredCountry) UnmarshalJSON(raw []byte) error {
	*c = requiredCountry{}
	var area struct {
		Type    many[text]            `json:"@type"`
		Address object[linkedAddress] `json:"address"`
	}
	if raw[0] == '{' {
		if err := json.Unmarshal(raw, &area); err != nil {
			return err
		}
	}
	for _, kind := range area.Type {
		c.isState = c.isState || kind == "State" || kind == "City"
	}
	c.country = area.Address.is.Country
	return c.name.UnmarshalJSON(raw)
}

// baseSalary is a MonetaryAmount, a number or a text.
type baseSalary struct {
	plain          text
	currency, unit text
	low, high      amount
}

func (s *baseSalary) UnmarshalJSON(raw []byte) error {
	*s = baseSalary{}
	var amounts many[struct {
		Currency text            `json:"currency"`
		Unit     text            `json:"unitText"`
		Min      amount          `json:"minValue"`
		Max      amount          `json:"maxValue"`
		Value    json.RawMessage `json:"value"`
	}]
	var plain many[text]
	if err := errors.Join(json.Unmarshal(raw, &amounts), json.Unmarshal(raw, &plain)); err != nil {
		return err
	}
	if len(plain) > 0 {
		s.plain = plain[0]
	}
	if len(amounts) == 0 {
		return nil
	}
	first := amounts[0]
	s.currency, s.unit, s.low, s.high = first.Currency, first.Unit, first.Min, first.Max
	var value struct {
		Unit  text   `json:"unitText"`
		Min   amount `json:"minValue"`
		Max   amount `json:"maxValue"`
		Value amount `json:"value"`
	}
	if bytes.HasPrefix(first.Value, []byte("{")) {
		if err := json.Unmarshal(first.Value, &value); err != nil {
			return err
		}
	} else if len(first.Value) > 0 {
		if err := value.Value.UnmarshalJSON(first.Value); err != nil {
			return err
		}
	}
	s.unit = cmp.Or(value.Unit, s.unit)
	s.low, s.high = max(s.low, value.Min), max(s.high, value.Max)
	if s.low == 0 && s.high == 0 {
		s.low, s.high = value.Value, value.Value
	}
	return nil
}

func convertPosting(posting *jobPosting, r *row) {
	r.set("externalId", string(posting.ID))
	r.set("externalId", string(posting.Page))
	r.set("externalId", string(posting.Identifier))
	r.set("title", string(posting.Name))
	r.set("title", string(posting.Title))
	r.Company = values.Text(string(posting.Organization))
	r.description(values.Section{Body: string(posting.Description)})
	for _, location := range posting.Locations {
		if location.address == (linkedAddress{}) {
			r.placeText(string(cmp.Or(location.plain, location.name)))
			continue
		}
		r.place(string(location.address.City), string(location.address.Region), string(location.address.Country))
	}
	for _, kind := range posting.LocationType {
		r.workplace(string(kind))
	}
	postingCountries(posting, r)
	for _, kind := range posting.Types {
		if r.Values["jobType"] == nil && kind != "OTHER" {
			r.jobType(string(kind))
		}
	}
	if salary := posting.Salary; salary.low > 0 || salary.high > 0 {
		currency := cmp.Or(salary.currency, posting.Currency)
		r.pay(float64(salary.low), float64(salary.high), string(currency), string(salary.unit))
	} else if salary.plain != "" {
		r.payText(string(salary.plain + " " + posting.Currency))
	}
	r.Industry = values.Text(string(posting.Industry))
	var skills []string
	for _, skill := range posting.Skills {
		skills = append(skills, splitList(string(skill))...)
	}
	r.skills(skills)
	for _, category := range posting.Category {
		r.interests(string(category))
	}
	r.published(string(posting.Published))
	r.deadline(string(posting.Until))
	r.applyAt(string(posting.Page), r.page)
}

// postingCountries sets where a remote worker may live.
func postingCountries(posting *jobPosting, r *row) {
	var codes []string
	for _, area := range posting.Applicants {
		country := string(area.country)
		if country == "" && !area.isState {
			country = string(area.name)
		}
		code, _, ok := gazetteer.Country(values.Text(country))
		switch {
		case ok && !slices.Contains(codes, code):
			codes = append(codes, code)
		case !ok && country != "":
			r.note("applicantCountries", "%s is no known country", values.Quote(country))
		}
	}
	if len(codes) > 0 {
		r.Values["applicantCountries"] = codes
	}
}

// readJSONLD reads the JobPostings of an HTML page, or of a JSON file.
func readJSONLD(file io.Reader, options Options) iter.Seq2[*Job, error] {
	return func(yield func(*Job, error) bool) {
		g, err := newGuard(file, options)
		if err != nil {
			yield(nil, err)
			return
		}
		l := &linked{options: options, yield: yield}
		in := bufio.NewReaderSize(g, 4096)
		first, err := firstByte(in)
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
		case first == '{' || first == '[':
			err = l.document(g, in)
		default:
			err = l.page(g, in)
		}
		if err == nil && l.found == 0 {
			err = errors.New("it has no JobPosting")
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

func firstByte(in *bufio.Reader) (byte, error) {
	for {
		c, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c, in.UnreadByte()
		}
	}
}

// linked finds the JobPostings in linked data.
type linked struct {
	options Options
	yield   func(*Job, error) bool
	found   int
}

// document reads a JSON file, one element of its lists at a time.
func (l *linked) document(g *guard, in io.Reader) error {
	g.lines = true
	lists := &lister{
		guard: g, decoder: json.NewDecoder(in), head: map[string]json.RawMessage{},
		names: []string{"@graph", "itemListElement"}, optional: true,
		yield: func(it item, _ error) bool { return l.node(it.raw, it.line, 0, nil) },
	}
	if err := lists.document(); err != nil {
		if errors.Is(err, errStopped) {
			return err
		}
		return lists.explain(err)
	}
	whole, err := json.Marshal(lists.head) // the object around the lists may be a posting itself
	if err != nil {
		return fmt.Errorf("read the object: %w", err)
	}
	if !l.node(whole, 1, 0, nil) {
		return errStopped
	}
	return nil
}

// page reads the scripts of an HTML page that hold linked data.
func (l *linked) page(g *guard, in io.Reader) error {
	tokenizer := html.NewTokenizer(in)
	tokenizer.SetMaxBuf(maxItem)
	line, inside := 1, false
	for {
		g.next()
		kind := tokenizer.Next()
		raw := tokenizer.Raw()
		begins := line
		line += bytes.Count(raw, []byte("\n"))
		switch kind {
		case html.ErrorToken:
			if err := tokenizer.Err(); !errors.Is(err, io.EOF) {
				return fmt.Errorf("line %d: %w", line, err)
			}
			return nil
		case html.StartTagToken:
			name, hasAttributes := tokenizer.TagName()
			inside = string(name) == "script" && hasAttributes && isLinkedData(tokenizer)
		case html.TextToken:
			if inside && !l.script(bytes.Clone(tokenizer.Text()), begins) {
				return errStopped
			}
		case html.EndTagToken:
			inside = false
		}
	}
}

func isLinkedData(tokenizer *html.Tokenizer) bool {
	for {
		key, value, more := tokenizer.TagAttr()
		if string(key) == "type" {
			kind, _, _ := strings.Cut(strings.ToLower(string(value)), ";")
			return strings.TrimSpace(kind) == "application/ld+json"
		}
		if !more {
			return false
		}
	}
}

// script reads one script of a page. What is no JSON is a refused row, since other scripts may be.
func (l *linked) script(raw []byte, line int) bool {
	raw = bytes.TrimSpace(raw)
	for _, wrapper := range []string{"<!--", "-->", "//<![CDATA[", "//]]>", "<![CDATA[", "]]>"} {
		raw = bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimPrefix(raw, []byte(wrapper)), []byte(wrapper)))
	}
	if !json.Valid(raw) {
		if !bytes.Contains(raw, []byte("JobPosting")) {
			return true
		}
		l.found++
		return l.yield(nil, &Refusal{Line: line, Reason: "the script is no JSON", Row: rawRow(raw), Unnamed: true})
	}
	return l.node(raw, line, 0, map[string]json.RawMessage{})
}

// maxNesting is how deep lists of linked data are followed.
const maxNesting = 10

// node reads a node of linked data: a JobPosting, a list, a graph or a list item. Named are the page's nodes by their "@id", nil where
// they are not known.
func (l *linked) node(raw json.RawMessage, line, depth int, named map[string]json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	if depth > maxNesting || len(raw) == 0 {
		return true
	}
	if raw[0] == '[' {
		var nodes []json.RawMessage
		if json.Unmarshal(raw, &nodes) != nil {
			return true
		}
		rememberNames(nodes, named)
		for _, node := range nodes {
			if !l.node(node, line, depth+1, named) {
				return false
			}
		}
		return true
	}
	var node struct {
		Type       many[text]      `json:"@type"`
		Graph      json.RawMessage `json:"@graph"`
		Items      json.RawMessage `json:"itemListElement"`
		Item       json.RawMessage `json:"item"`
		MainEntity json.RawMessage `json:"mainEntity"`
	}
	if raw[0] != '{' || json.Unmarshal(raw, &node) != nil {
		return true
	}
	for _, kind := range node.Type {
		if name := string(kind); name == "JobPosting" || strings.HasSuffix(name, "/JobPosting") || strings.HasSuffix(name, ":JobPosting") {
			return l.posting(raw, line, named)
		}
	}
	for _, inner := range []json.RawMessage{node.Graph, node.Items, node.Item, node.MainEntity} {
		if !l.node(inner, line, depth+1, named) {
			return false
		}
	}
	return true
}

func rememberNames(nodes []json.RawMessage, named map[string]json.RawMessage) {
	if named == nil {
		return
	}
	for _, node := range nodes {
		var is struct {
			ID string `json:"@id"`
		}
		if json.Unmarshal(node, &is) == nil && is.ID != "" {
			named[is.ID] = node
		}
	}
}

func (l *linked) posting(raw json.RawMessage, line int, named map[string]json.RawMessage) bool {
	l.found++
	var posting jobPosting
	if err := json.Unmarshal(raw, &posting); err != nil {
		field, reason := wrongJSONType(err)
		return l.yield(nil, &Refusal{Line: line, Field: field, Reason: reason, Row: raw, Unnamed: true})
	}
	r := newRow(line, l.options)
	if posting.Organization == "" { // it may be another node of the page
		var reference struct {
			Organization struct {
				ID string `json:"@id"`
			} `json:"hiringOrganization"`
		}
		if json.Unmarshal(raw, &reference) == nil && named[reference.Organization.ID] != nil {
			_ = posting.Organization.UnmarshalJSON(named[reference.Organization.ID]) // without a name, the company is missing
		}
	}
	convertPosting(&posting, r)
	return l.yield(r.done(), nil)
}
