package contract

import (
	"fmt"

	"github.com/actorgen/actorgen/generator/lockfile"
)

// readers are those who read what the other version has written: workers read
// parameters, callers read results. A struct may travel both ways.
type readers int

const (
	workers readers = 1 << iota
	callers
)

// explanation says what a breach does in a rolling deploy, and what to do other
// than to accept it. The truth behind it is the runtime's: a key that is missing
// alone reads as zero, one that is unknown alone is skipped, and where both
// happen, or a value does not fit, nothing is run. A worker retries such a task,
// as one of another version may read it. A caller gets an error.
type explanation struct{ effect, hint string }

const (
	// retried is what becomes of tasks that their worker cannot read.
	retried = "are retried, and in the end dead-lettered unless a worker of the other version takes them"
	// failed is what becomes of results that their caller cannot read.
	failed = "are errors to their callers, after the task has run"
	// apart is the way out where no order of deploying helps.
	apart = "use one struct for parameters and another for results"
)

// either picks the explanation for the readers.
func (r readers) either(toWorkers, toCallers, toBoth explanation) explanation {
	switch r {
	case workers:
		return toWorkers
	case callers:
		return toCallers
	}
	return toBoth
}

func actorGone(a *lockfile.Actor, workedOn bool) explanation {
	effect := fmt.Sprintf("its tasks that wait in %s, are delayed, or come from senders running the old version ", queueOf(a))
	if workedOn {
		effect += "are unknown to workers running the new one: they " + retried
	} else {
		effect += "stay there once the old workers are gone, as no new one takes from it"
	}
	return explanation{effect, "stop sending it, and remove it in a later release, when none of its tasks waits or is delayed"}
}

func actorMoved(from, to *lockfile.Actor, workedOn bool) explanation {
	effect := fmt.Sprintf("its tasks that wait in %s, are delayed, or come from senders running the old version ", queueOf(from))
	if workedOn {
		return explanation{effect + "are unknown there to workers running the new one: they " + retried,
			fmt.Sprintf("add an actor on %s, send that, and remove this one in a later release", queueOf(to))}
	}
	return explanation{effect + "are left to workers running the old one, which take nothing from " + queueOf(to),
		fmt.Sprintf("keep workers of the old version until %s is empty and nothing is delayed for it", queueOf(from))}
}

func queueChanged(key, was string) explanation {
	effect := fmt.Sprintf("the broker keeps what a queue was declared with, so %s stays %s there, ", key, was)
	if key == "type" {
		effect += "and workers running the new version refuse to start on it"
	} else {
		effect += "and workers running the new version report that"
	}
	return explanation{effect, "name another queue"}
}

func resultGone(readers) explanation {
	return explanation{"callers running the old version get an error from workers running the new one, after the task has run",
		"stop calling it, and remove the result in a later release"}
}

func fieldGone(r readers) explanation {
	return r.either(
		explanation{"workers running the old version will read zero for it in tasks of the new one", "deploy workers before senders"},
		explanation{"callers running the old version will read zero for it in results of the new one", "deploy callers before workers"},
		explanation{"workers and callers running the old version will read zero for it", apart},
	)
}

// fieldRenamed is about a field that is gone while another is new; hint says how
// to keep the name.
func fieldRenamed(hint string) func(readers) explanation {
	const rename = " of either version take that for a rename and do not read zero: "
	return func(r readers) explanation {
		return r.either(
			explanation{"workers" + rename + "tasks of the other, waiting and delayed ones included, " + retried, hint},
			explanation{"callers" + rename + "results of the other " + failed, hint},
			explanation{"workers and callers" + rename + "tasks of the other " + retried + ", and results " + failed, hint},
		)
	}
}

// fieldOmitted is about a field that may be left out from now on, while another
// is new.
func fieldOmitted(r readers) explanation {
	const (
		rename = " running the old version take it for a rename where it is left out: "
		hint   = "do one after the other, each in a release of its own"
	)
	return r.either(
		explanation{"workers" + rename + "such tasks " + retried, hint},
		explanation{"callers" + rename + "such results " + failed, hint},
		explanation{"workers and callers" + rename + "such tasks " + retried + ", and such results " + failed, hint},
	)
}

// typeWidened is about values that only the new version can read.
func typeWidened(was *lockfile.Type) func(readers) explanation {
	old := fmt.Sprintf(" running the old version cannot read values that do not fit %s: ", was)
	return func(r readers) explanation {
		return r.either(
			explanation{"workers" + old + "tasks of the new one with such values " + retried, "deploy workers before senders"},
			explanation{"callers" + old + "results of the new one with such values " + failed, "deploy callers before workers"},
			explanation{"workers and callers" + old + "such tasks " + retried + ", and such results " + failed, apart},
		)
	}
}

// typeNarrowed is about values that only the old version can read.
func typeNarrowed(is *lockfile.Type) func(readers) explanation {
	now := fmt.Sprintf(" running the new version cannot read values of the old one that do not fit %s: ", is)
	const hint = "stop writing such values, and change the type in a later release"
	return func(r readers) explanation {
		return r.either(
			explanation{"workers" + now + "such tasks, waiting and delayed ones included, " + retried, hint},
			explanation{"callers" + now + "such results " + failed, "deploy workers before callers"},
			explanation{"workers and callers" + now + "such tasks, waiting and delayed ones included, " + retried + ", and such results " + failed, hint},
		)
	}
}

// typeChanged is about values of both versions that the other cannot read, or
// reads otherwise than they are meant.
func typeChanged(what string, misread bool) func(readers) explanation {
	other := " of either version cannot read all values of the other"
	if misread {
		other = " of either version cannot read all values of the other, or misread them"
	}
	hint := fmt.Sprintf("add another %s, and remove this one in a later release", what)
	if what == "result" {
		hint = "add an actor that returns it, and call that"
	}
	return func(r readers) explanation {
		return r.either(
			explanation{"workers" + other + ": tasks that cannot be read, waiting and delayed ones included, " + retried, hint},
			explanation{"callers" + other + ": results that cannot be read " + failed, hint},
			explanation{"workers and callers" + other + ": tasks that cannot be read, waiting and delayed ones included, " + retried + ", and such results " + failed, hint},
		)
	}
}
