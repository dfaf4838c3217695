// Lint runs the checks of Staticcheck, go vet and errorlint over one load of the code, since loading it takes most of the time.
package main

import (
	"log"
	"os"
	"reflect"
	"strings"

	"github.com/polyfloyd/go-errorlint/errorlint"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/analysis/suite/vet"
	"honnef.co/go/tools/analysis/facts/nilness"
	"honnef.co/go/tools/analysis/facts/purity"
	"honnef.co/go/tools/analysis/lint"
	"honnef.co/go/tools/lintcmd"
	"honnef.co/go/tools/simple"
	"honnef.co/go/tools/staticcheck"
	"honnef.co/go/tools/staticcheck/sa5012"
	"honnef.co/go/tools/stylecheck"
	"honnef.co/go/tools/unused"
)

func main() {
	analyzer := errorlint.NewAnalyzer()
	if err := analyzer.Flags.Set("errorf", "true"); err != nil { // off by default
		log.Fatal(err)
	}
	errorHandling := lint.InitializeAnalyzer(&lint.Analyzer{
		Doc: &lint.RawDocumentation{
			Title:    `Errors are compared with errors.Is and errors.As, and wrapped with %w`,
			Severity: lint.SeverityError,
		},
		Analyzer: analyzer,
	})
	cmd := lintcmd.NewCommand("lint")
	cmd.ParseFlags(os.Args[1:])
	cmd.AddAnalyzers(simple.Analyzers...)
	cmd.AddAnalyzers(staticcheck.Analyzers...)
	cmd.AddAnalyzers(stylecheck.Analyzers...)
	cmd.AddAnalyzers(unused.Analyzer, errorHandling)
	cmd.AddBareAnalyzers(vet.Suite...)
	skipDependencies(nilness.Analysis, purity.Analyzer, sa5012.SCAnalyzer.Analyzer)
	cmd.Run()
}

// skipDependencies lets analyzers, and those that they require, pass over the inside of packages from elsewhere: for SQLite alone it
// takes as long as for the whole board. Of those packages, the checks then know what is deprecated and what prints by a format, but not
// which functions are pure or never return nil.
func skipDependencies(analyzers ...*analysis.Analyzer) {
	for _, a := range analyzers {
		if whole[a] {
			continue
		}
		whole[a] = true
		run := a.Run
		a.Run = func(pass *analysis.Pass) (any, error) {
			first, _, _ := strings.Cut(pass.Pkg.Path(), "/")
			if !strings.Contains(first, ".") { // of the board or the standard library
				return run(pass)
			}
			if a.ResultType == nil {
				return nil, nil
			}
			return reflect.Zero(a.ResultType).Interface(), nil
		}
		skipDependencies(a.Requires...)
	}
}

// whole holds the analyzers that are left as they are: those that go vet needs for every package, which are cheap, and those done already.
var whole = map[*analysis.Analyzer]bool{inspect.Analyzer: true}
