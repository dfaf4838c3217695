package config

import (
	"regexp"
	"slices"
	"strings"

	"jobboard/internal/nearest"
)

// Unknown returns the given variables that begin as the board's do but are none of them, each with what was probably meant.
func (c *Config) Unknown() []string { return c.unknown }

// fromOrchestrator matches the variables, without the prefix, that Kubernetes and Docker set where a service or link is called jobboard.
var fromOrchestrator = regexp.MustCompile(`^(SERVICE_HOST|SERVICE_PORT.*|PORT_[0-9]+_(TCP|UDP).*)$`)

// flagsInstead are flags that people look for a variable for.
var flagsInstead = map[string]string{
	"ADDRESS": "--http", "HTTP": "--http", "LISTEN": "--http", "PORT": "--http", "DATA": "--dir", "DATA_DIR": "--dir", "DIR": "--dir",
}

func unknownVariables(own map[string]string) []string {
	var known []string // without the prefix, which would make all of them alike
	for _, setting := range (&Config{}).Settings() {
		name := strings.TrimPrefix(setting.Variable, prefix)
		known = append(known, name)
		if setting.Secret {
			known = append(known, name+fileSuffix)
		}
	}
	var unknown []string
	for variable, value := range own {
		name := strings.TrimPrefix(variable, prefix)
		if slices.Contains(known, name) || fromOrchestrator.MatchString(name) || name == "PORT" && strings.Contains(value, "://") {
			continue
		}
		if flag := flagsInstead[name]; flag != "" {
			variable += " (that is the flag " + flag + ")"
		} else if meant := nearest.Of(name, known); meant != "" {
			variable += " (did you mean " + prefix + meant + "?)"
		}
		unknown = append(unknown, variable)
	}
	slices.Sort(unknown)
	return unknown
}
