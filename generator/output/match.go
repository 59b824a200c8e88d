package output

import (
	"slices"
	"sort"
)

// pair is a line of the old file that is also one of the new file.
type pair struct{ a, b int }

// match pairs equal lines, in order: first those that occur once in both files
// (the longest run that keeps its order), then what continues them. That needs
// n log n steps and reads better than the shortest possible diff.
func match(a, b []string) []pair {
	anchors := append(longestRun(uniquePairs(a, b)), pair{len(a), len(b)})
	var pairs []pair
	i, j := 0, 0
	for _, anchor := range anchors {
		if anchor.a < i || anchor.b < j {
			continue // a run from before has reached it
		}
		start, end := anchor, anchor
		for start.a > i && start.b > j && a[start.a-1] == b[start.b-1] {
			start.a, start.b = start.a-1, start.b-1
		}
		for start.a > i && start.b > j && i < start.a && j < start.b && a[i] == b[j] {
			pairs = append(pairs, pair{i, j})
			i, j = i+1, j+1
		}
		for end.a < len(a) && end.b < len(b) && a[end.a] == b[end.b] {
			end.a, end.b = end.a+1, end.b+1
		}
		for n := start; n.a < end.a; n.a, n.b = n.a+1, n.b+1 {
			pairs = append(pairs, n)
		}
		i, j = end.a, end.b
	}
	return pairs
}

// uniquePairs finds the lines that each file has once, in the order of a.
func uniquePairs(a, b []string) []pair {
	type seen struct{ inA, inB, at int }
	lines := make(map[string]*seen)
	for _, line := range a {
		if lines[line] == nil {
			lines[line] = new(seen)
		}
		lines[line].inA++
	}
	for j, line := range b {
		if s := lines[line]; s != nil {
			s.inB++
			s.at = j
		}
	}
	var pairs []pair
	for i, line := range a {
		if s := lines[line]; s.inA == 1 && s.inB == 1 {
			pairs = append(pairs, pair{i, s.at})
		}
	}
	return pairs
}

// longestRun returns the longest subsequence whose lines have the same order in
// both files.
func longestRun(pairs []pair) []pair {
	var ends []int // ends[n] is the pair that ends the best run of length n+1
	before := make([]int, len(pairs))
	for i, p := range pairs {
		n := sort.Search(len(ends), func(n int) bool { return pairs[ends[n]].b >= p.b })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	var run []pair
	if len(ends) > 0 {
		for i := ends[len(ends)-1]; i >= 0; i = before[i] {
			run = append(run, pairs[i])
		}
	}
	slices.Reverse(run)
	return run
}
