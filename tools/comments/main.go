// Comments checks what can be seen in Go files without their types: that every package, and every exported name outside of tests, has a
// doc comment, and that no line is longer than 140 characters. It is given the files, and takes well under a second.
package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

const maxLine = 140 // characters; a tab counts as one

// wellKnown are methods that everybody knows from the standard library.
var wellKnown = map[string]bool{"Error": true, "Is": true, "Read": true, "String": true, "Unwrap": true, "Write": true}

func main() {
	documented, files := map[string]bool{}, token.NewFileSet()
	failed := false
	report := func(at token.Position, text string) {
		failed = true
		fmt.Printf("%s: %s\n", at, text)
	}
	for _, path := range os.Args[1:] {
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			report(token.Position{Filename: path}, err.Error())
			continue
		}
		if !strings.HasPrefix(path, "migrations/") { // merged ones never change
			checkLines(path, report)
		}
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		folder := filepath.Dir(path)
		documented[folder] = documented[folder] || file.Doc != nil
		for _, undocumented := range exportedWithoutDoc(file) {
			report(files.Position(undocumented.Pos()), undocumented.Name+" is exported and has no doc comment")
		}
	}
	for folder, has := range documented {
		if !has {
			report(token.Position{Filename: folder}, "the package has no comment")
		}
	}
	if failed {
		os.Exit(1)
	}
}

func checkLines(path string, report func(token.Position, string)) {
	file, err := os.Open(path)
	if err != nil {
		report(token.Position{Filename: path}, err.Error())
		return
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for number := 1; lines.Scan(); number++ {
		if n := utf8.RuneCount(lines.Bytes()); n > maxLine {
			report(token.Position{Filename: path, Line: number}, fmt.Sprintf("the line has %d characters, at most %d are allowed", n, maxLine))
		}
	}
	if err := lines.Err(); err != nil {
		report(token.Position{Filename: path}, err.Error())
	}
}

// exportedWithoutDoc returns the exported names of a file that have no doc comment. The comment of a group counts for its names.
func exportedWithoutDoc(file *ast.File) (names []*ast.Ident) {
	for _, declared := range file.Decls {
		switch d := declared.(type) {
		case *ast.FuncDecl:
			if d.Doc == nil && d.Name.IsExported() && isExportedReceiver(d.Recv) && !(d.Recv != nil && wellKnown[d.Name.Name]) {
				names = append(names, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					if d.Doc == nil && s.Doc == nil && s.Name.IsExported() {
						names = append(names, s.Name)
					}
				case *ast.ValueSpec:
					for _, name := range s.Names {
						if d.Doc == nil && s.Doc == nil && s.Comment == nil && name.IsExported() {
							names = append(names, name)
						}
					}
				}
			}
		}
	}
	return names
}

// isExportedReceiver reports whether a function is no method, or one of an exported type.
func isExportedReceiver(receiver *ast.FieldList) bool {
	if receiver == nil || len(receiver.List) == 0 {
		return true
	}
	kind := receiver.List[0].Type
	for {
		switch t := kind.(type) {
		case *ast.StarExpr:
			kind = t.X
		case *ast.IndexExpr:
			kind = t.X
		case *ast.IndexListExpr:
			kind = t.X
		case *ast.Ident:
			return t.IsExported()
		default:
			return false
		}
	}
}
