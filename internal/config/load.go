package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const (
	prefix     = "JOBBOARD_"
	fileSuffix = "_FILE"
)

// Load adds the flags to root, so that every command accepts them, and reads the configuration from args (the command line without the
// program's name) and environ (as from os.Environ). An empty variable counts as not given. The error names every variable that is
// wrong, one per line.
func Load(root *cobra.Command, args, environ []string) (*Config, error) {
	own := ownVariables(environ)
	unknown := unknownVariables(own)
	given, err := readFiles(own)
	if err != nil {
		return nil, err
	}
	for variable, value := range readFlags(root, args) {
		given[variable] = value
	}

	c := &Config{given: map[string]bool{}, unknown: unknown}
	parseErr := env.ParseWithOptions(c, env.Options{
		Environment: given,
		FuncMap:     map[reflect.Type]env.ParserFunc{reflect.TypeFor[bool](): parseSwitch},
	})
	for variable := range given {
		c.given[variable] = true
	}
	if err := errors.Join(explain(parseErr), c.check()); err != nil {
		return nil, err
	}
	return c, nil
}

func ownVariables(environ []string) map[string]string {
	own := map[string]string{}
	for variable, value := range env.ToMap(environ) {
		if strings.HasPrefix(variable, prefix) && value != "" {
			own[variable] = value
		}
	}
	return own
}

// readFiles sets each secret X whose X_FILE names a file to the content of that file: container platforms pass secrets as files.
func readFiles(own map[string]string) (map[string]string, error) {
	var wrong []error
	for _, setting := range (&Config{}).Settings() {
		file, ok := own[setting.Variable+fileSuffix]
		if !ok || !setting.Secret {
			continue
		}
		if own[setting.Variable] != "" {
			wrong = append(wrong, fmt.Errorf("%s and %s%s are both given: use one", setting.Variable, setting.Variable, fileSuffix))
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s%s: %w", setting.Variable, fileSuffix, err))
			continue
		}
		secret := strings.TrimRight(string(content), "\r\n")
		if secret == "" {
			wrong = append(wrong, fmt.Errorf("%s%s: %s is empty", setting.Variable, fileSuffix, file))
			continue
		}
		own[setting.Variable] = secret
	}
	return own, errors.Join(wrong...)
}

// readFlags returns the given flags by their variable. It reads them before Cobra does, since PocketBase opens the database before it
// runs a command; other errors in the command line are left to Cobra.
func readFlags(root *cobra.Command, args []string) map[string]string {
	flags := pflag.NewFlagSet("config", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.Usage = func() {}
	variables := map[string]string{}
	for _, setting := range (&Config{}).Settings() {
		if setting.Flag == "" {
			continue
		}
		variables[setting.Flag] = setting.Variable
		flags.String(setting.Flag, "", setting.Help+" ("+setting.Variable+")")
		if setting.kind == reflect.Bool {
			flags.Lookup(setting.Flag).NoOptDefVal = "on"
		}
	}
	_ = flags.Parse(args)
	root.PersistentFlags().AddFlagSet(flags)

	given := map[string]string{}
	flags.Visit(func(flag *pflag.Flag) { given[variables[flag.Name]] = flag.Value.String() })
	return given
}

// parseSwitch reads a bool as people write it.
func parseSwitch(text string) (any, error) {
	switch strings.ToLower(text) {
	case "on", "true", "yes", "1":
		return true, nil
	case "off", "false", "no", "0":
		return false, nil
	}
	return nil, errors.New("must be on or off")
}

// explain turns the parser's errors, which name fields of the struct, into ones that name variables.
func explain(err error) error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return err
	}
	var wrong []error
	for _, one := range all.Errors {
		var parse env.ParseError
		if !errors.As(one, &parse) {
			wrong = append(wrong, one)
			continue
		}
		field, _ := reflect.TypeFor[Config]().FieldByName(parse.Name)
		reason := parse.Err
		if errors.Is(reason, strconv.ErrSyntax) || errors.Is(reason, strconv.ErrRange) {
			reason = errors.New("must be a whole number")
		}
		wrong = append(wrong, fmt.Errorf("%s: %w", field.Tag.Get("env"), reason))
	}
	return errors.Join(wrong...)
}

// written returns a value as it would be written in the environment.
func written(value reflect.Value) string {
	switch value.Kind() {
	case reflect.Bool:
		if value.Bool() {
			return "on"
		}
		return "off"
	case reflect.Slice:
		parts := make([]string, value.Len())
		for i := range parts {
			parts[i] = value.Index(i).String()
		}
		return strings.Join(parts, ",")
	default:
		return fmt.Sprint(value.Interface())
	}
}
