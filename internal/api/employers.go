package api

import (
	"encoding/json"
	"net/http"

	"jobboard/collections"
)

func listEmployers(c *call) error {
	var conditions []string
	words, err := c.wordsCondition("name", "location")
	if err != nil {
		return err
	}
	if words != "" {
		conditions = append(conditions, words)
	}
	if industries := c.values("industry"); len(industries) > 0 {
		conditions = append(conditions, anyOf("industry = %s || industry.slug = %s", industries))
	}
	mine, err := c.isSet("mine")
	if err != nil {
		return err
	}
	if mine {
		if c.auth() == nil {
			return unauthorized(c)
		}
		conditions = append(conditions, anyOf("owner = %s || members:each ?= %s", []string{c.auth().Id}))
	}
	query, err := c.listQuery("name", conditions...)
	if err != nil {
		return err
	}
	return c.sendList(collections.Employers, query)
}

func createEmployer(c *call) error {
	a, err := c.create(collections.Employers, c.expandQuery(), c.body)
	if err != nil {
		return explainRefusal(err, "owner", "You can found a company for yourself alone.")
	}
	return c.sendCreated(a, "/api/employers/%s/")
}

func viewEmployer(c *call) error {
	a, err := c.view(collections.Employers, c.Param("employer_id"), c.expandQuery())
	if err != nil {
		return err
	}
	return c.send(http.StatusOK, json.RawMessage(a.json()))
}

func changeEmployer(c *call) error {
	a, err := c.update(collections.Employers, c.Param("employer_id"), c.expandQuery(), c.body)
	if err != nil {
		return err
	}
	return c.send(http.StatusOK, json.RawMessage(a.json()))
}

func deleteEmployer(c *call) error { return c.remove(collections.Employers, c.Param("employer_id")) }
