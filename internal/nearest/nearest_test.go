package nearest_test

import (
	"strings"
	"testing"

	"jobboard/internal/nearest"
)

func TestOf(t *testing.T) {
	known := []string{"page", "perPage", "sort", "q", "jobType", "workplace", "experienceLevel", "salaryMin", "salaryCurrency", "near"}
	for name, want := range map[string]string{
		"jobtype": "jobType", "JOB_TYPE": "jobType", "jobType[]": "jobType", "per_page": "perPage", "perpage": "perPage",
		"jobtpye": "jobType", "workplaces": "workplace", "wrokplace": "workplace", "pag": "page", "sotr": "sort",
		"experience_lvl": "experienceLevel", "salary": "salaryMin", "type": "jobType", "Q": "q",
		"": "", "x": "", "limit": "", "utm_source": "", "nothing": "", strings.Repeat("page", 1000): "", "päge": "", "ne": "",
	} {
		if got := nearest.Of(name, known); got != want {
			t.Errorf("%.40q: %q, want %q", name, got, want)
		}
	}
	if got := nearest.Of("page", nil); got != "" {
		t.Errorf("without known names: %q", got)
	}
}
