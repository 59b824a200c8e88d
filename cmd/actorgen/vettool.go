package main

import (
	"os"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/actorgen/actorgen/generator/vet"
)

// isVettool recognises the arguments with which go vet starts the program of its
// flag -vettool: it asks for the version, asks for the flags, or names the file
// that describes a package. No command and no pattern looks like that.
func isVettool(args []string) bool {
	switch {
	case len(args) == 0:
		return false
	case args[0] == "-V=full" || args[0] == "-flags":
		return len(args) == 1
	}
	last := args[len(args)-1]
	if !strings.HasSuffix(last, ".cfg") {
		return false
	}
	info, err := os.Stat(last)
	return err == nil && info.Mode().IsRegular()
}

// vettool does what go vet asks for. It does not return.
func vettool() { unitchecker.Main(vet.Analyzer) }
