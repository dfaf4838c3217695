// Lint runs the checks of Staticcheck and errorlint over one load of the code, since loading it takes most of the time.
package main

import (
	"log"
	"os"

	"github.com/polyfloyd/go-errorlint/errorlint"
	"honnef.co/go/tools/analysis/lint"
	"honnef.co/go/tools/lintcmd"
	"honnef.co/go/tools/simple"
	"honnef.co/go/tools/staticcheck"
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
	cmd.Run()
}
