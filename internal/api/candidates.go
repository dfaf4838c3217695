package api

import (
	"fmt"
	"strconv"
	"strings"

	"jobboard/collections"
	"jobboard/internal/problem"
)

const defaultRadius = 50.0 // km around near

// listCandidates lists the profiles that the caller may see, as the rule of job_seekers says.
func listCandidates(c *call) error {
	// Admins may see deactivated people's profiles, but these are no candidates any more; hidden fields can't be filtered
	// on, so the rule alone decides here.
	var conditions []string
	if q := c.QueryParam("q"); strings.TrimSpace(q) != "" {
		conditions = append(conditions, like(q, "headline", "summary", "skills", "experience"))
	}
	for name, condition := range map[string]string{
		"skills":   "skills ~ %s",
		"location": "location ~ %s",
		"jobType":  "preferredJobTypes ?= %s",
		"field": "user.job_seeker_interests_via_seeker.field ?= %s || " +
			"user.job_seeker_interests_via_seeker.field.slug ?= %s",
	} {
		if values := c.values(name); len(values) > 0 {
			conditions = append(conditions, anyOf(condition, values))
		}
	}
	if raw := c.QueryParam("experienceMin"); raw != "" {
		years, err := strconv.ParseFloat(raw, 64)
		if err != nil || years < 0 || years > 100 {
			return invalid("experienceMin", problem.InvalidValue, "Must be a number of years.")
		}
		conditions = append(conditions, fmt.Sprintf("experienceYears >= %f", years))
	}
	open, err := c.isSet("openToWork")
	if err != nil {
		return err
	}
	if c.QueryParam("openToWork") != "" {
		conditions = append(conditions, fmt.Sprintf("openToWork = %t", open))
	}
	near, err := c.nearCondition()
	if err != nil {
		return err
	}
	if near != "" {
		conditions = append(conditions, near)
	}
	query, err := c.listQuery("-updated", conditions...)
	if err != nil {
		return err
	}
	query.Set("expand", c.expandQuery("user").Get("expand"))
	return c.sendList(collections.JobSeekers, query)
}

// nearCondition reads near=lat,lng and radius in km.
func (c *call) nearCondition() (string, error) {
	raw := c.QueryParam("near")
	if raw == "" {
		return "", nil
	}
	wrong := invalid("near", problem.InvalidValue, "Must be a latitude and a longitude such as 45.76,4.83.")
	latText, lngText, ok := strings.Cut(raw, ",")
	if !ok {
		return "", wrong
	}
	lat, latErr := strconv.ParseFloat(strings.TrimSpace(latText), 64)
	lng, lngErr := strconv.ParseFloat(strings.TrimSpace(lngText), 64)
	if latErr != nil || lngErr != nil || !(lat >= -90 && lat <= 90 && lng >= -180 && lng <= 180) {
		return "", wrong
	}
	radius := defaultRadius
	if raw := c.QueryParam("radius"); raw != "" {
		var err error
		if radius, err = strconv.ParseFloat(raw, 64); err != nil || !(radius > 0 && radius <= 20_100) {
			return "", invalid("radius", problem.InvalidValue, "Must be a number of kilometres.")
		}
	}
	// A profile without coordinates is at 0,0.
	return fmt.Sprintf("(coordinates.lon != 0 || coordinates.lat != 0) && geoDistance(coordinates.lon, coordinates.lat, %f, %f) <= %f",
		lng, lat, radius), nil
}
