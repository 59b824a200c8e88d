// Command bench measures actorgen beside go list -find, which is the least that
// anything built on the go command takes, and prints the ratio that the project
// holds itself to:
//
//	ratio <name> <value> (target <value>)
//
// Both are whole processes, run in turn on a package of a temporary module that
// was edited right before, with a warm build cache; the median of the rounds'
// ratios counts. The edit renames a parameter, so that actorgen writes its file
// every time. Below it stand other modules, a cold build cache, and memory. It
// exits with 0 when everything was measured, whatever the figures are.
package main
