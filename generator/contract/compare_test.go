package contract_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/generator/contract"
	"github.com/actorgen/actorgen/generator/diagnostic"
	"github.com/actorgen/actorgen/generator/lockfile"
)

// comparisons are two contracts and what the second breaks of the first. Actors
// of both stand on queue q.
var comparisons = []struct {
	name, locked, source string
	want                 []string
}{
	{"nothing", "actor a queue=q\nparam x int", "actor a queue=q\nparam x int", nil},
	{"order", "actor a queue=q\nparam x int\nparam y string", "actor a queue=q\nparam y string\nparam x int", nil},
	{"new actor", "actor a queue=q", "actor a queue=q\nactor b queue=q\nparam x int", nil},
	{"new parameter", "actor a queue=q", "actor a queue=q\nparam x int", nil},
	{"new field", "actor a queue=q\nparam x s.T\nstruct s.T\nfield A int", "actor a queue=q\nparam x s.T\nstruct s.T\nfield A int\nfield B int", nil},
	{"other label", "actor a queue=q\nparam x s.T\nstruct s.T\nfield A *s.T", "actor a queue=q\nparam x t.U\nstruct t.U\nfield A *t.U", nil},
	{"label instead of none", "actor a queue=q\nparam x struct{A int}", "actor a queue=q\nparam x t.U\nstruct t.U\nfield A int", nil},
	{"as wide", "actor a queue=q\nparam x []int\nparam y map[uint64]int64", "actor a queue=q\nparam x []int64\nparam y map[uint]int", nil},
	{"new result", "actor a queue=q", "actor a queue=q\nresult int", nil},
	{"omitempty", "actor a queue=q\nparam x s.T\nstruct s.T\nfield A int\nfield B int omitempty", "actor a queue=q\nparam x s.T\nstruct s.T\nfield A int omitempty\nfield B int", nil},
	{"omitempty before", "actor a queue=q\nparam x s.T\nstruct s.T\nfield A int omitempty", "actor a queue=q\nparam x s.T\nstruct s.T\nfield A int omitempty\nfield B int", nil},
	{"contains itself", "actor a queue=q\nparam x s.T\ntype s.T []*s.T", "actor a queue=q\nparam x []*s.U\ntype s.U []*s.U", nil},
	{"contains itself elsewhere", "actor a queue=q\nparam x s.T\ntype s.T *[]s.T", "actor a queue=q\nparam x *s.U\ntype s.U []*s.U", nil},
	{"contains itself in a literal", "actor a queue=q\nparam x s.T\ntype s.T []struct{A s.T}", "actor a queue=q\nparam x []struct{A s.U}\ntype s.U []struct{A s.U; B int}", nil},
	{"no queue", "queue p\nactor a queue=q", "actor a queue=q", nil},

	{"gone actor", "actor a queue=q\nparam x int\nactor b queue=q", "actor b queue=q\nparam x int", []string{
		`lock:3: actor "a" is gone: its tasks that wait in queue "q", are delayed, or come from senders running the old version are unknown to workers running the new one: they are retried, and in the end dead-lettered unless a worker of the other version takes them (stop sending it, and remove it in a later release, when none of its tasks waits or is delayed, or accept it: actorgen lock -accept a)`}},
	{"renamed actor", "actor a queue=q\nparam x int", "actor b queue=q\nactor c queue=q\nparam x int", []string{
		`lock:3: actor "a" is gone: its tasks that wait in queue "q", are delayed, or come from senders running the old version are unknown to workers running the new one: they are retried, and in the end dead-lettered unless a worker of the other version takes them (if it is now "c", set name=a at source:4, or accept it: actorgen lock -accept a)`}},
	{"moved", "actor a queue=q", "queue p broker=b\nactor a queue=p broker=b", []string{
		`source:4: actor "a" moved from queue "q" to queue "p" of broker b, see lock:3: its tasks that wait in queue "q", are delayed, or come from senders running the old version are left to workers running the old one, which take nothing from queue "p" of broker b (keep workers of the old version until queue "q" is empty and nothing is delayed for it, or accept it: actorgen lock -accept a)`}},
	{"moved, while others stay", "actor a queue=q\nactor b queue=q", "queue p\nactor a queue=p\nactor b queue=q", []string{
		`source:4: actor "a" moved from queue "q" to queue "p", see lock:3: its tasks that wait in queue "q", are delayed, or come from senders running the old version are unknown there to workers running the new one: they are retried, and in the end dead-lettered unless a worker of the other version takes them (add an actor on queue "p", send that, and remove this one in a later release, or accept it: actorgen lock -accept a)`}},
	{"gone parameters", "actor a queue=q\nparam x int\nparam y int", "actor a queue=q", []string{
		`source:3: parameter "x" of actor "a" is gone, see lock:4: workers running the old version will read zero for it in tasks of the new one (deploy workers before senders, or accept it: actorgen lock -accept a)`,
		`source:3: parameter "y" of actor "a" is gone, see lock:5: workers running the old version will read zero for it in tasks of the new one (deploy workers before senders, or accept it: actorgen lock -accept a)`}},
	{"renamed parameter", "actor a queue=q\nparam x int", "actor a queue=q\nparam y string\nparam z int", []string{
		`source:5: parameter "x" of actor "a" is gone and "z" is new, see lock:4: workers of either version take that for a rename and do not read zero: tasks of the other, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (keep the name "x", or add "z" now and remove "x" in a later release, when nothing from before waits, or accept it: actorgen lock -accept a)`}},
	{"replaced parameter", "actor a queue=q\nparam x int", "actor a queue=q\nparam y string", []string{
		`source:4: parameter "x" of actor "a" is gone and "y" is new, see lock:4: workers of either version take that for a rename and do not read zero: tasks of the other, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (keep the name "x", or add "y" now and remove "x" in a later release, when nothing from before waits, or accept it: actorgen lock -accept a)`}},
	{"wider", "actor a queue=q\nparam x []map[string]*int32", "actor a queue=q\nparam x []map[string]*int64", []string{
		`source:4: parameter "x" of actor "a" is []map[string]*int64 and was []map[string]*int32, see lock:4: workers running the old version cannot read values that do not fit []map[string]*int32: tasks of the new one with such values are retried, and in the end dead-lettered unless a worker of the other version takes them (deploy workers before senders, or accept it: actorgen lock -accept a)`}},
	{"narrower", "actor a queue=q\nparam x float64", "actor a queue=q\nparam x uint16", []string{
		`source:4: parameter "x" of actor "a" is uint16 and was float64, see lock:4: workers running the new version cannot read values of the old one that do not fit uint16: such tasks, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (stop writing such values, and change the type in a later release, or accept it: actorgen lock -accept a)`}},
	{"contains itself otherwise", "actor a queue=q\nparam x s.T\ntype s.T []s.T", "actor a queue=q\nparam x s.T\ntype s.T map[string]s.T", []string{
		`source:4: parameter "x" of actor "a" is map[string]s.T and was []s.T, see lock:4: workers of either version cannot read all values of the other: tasks that cannot be read, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (add another parameter, and remove this one in a later release, or accept it: actorgen lock -accept a)`}},
	{"below a name", "actor a queue=q\nparam x []s.T\ntype s.T []s.T", "actor a queue=q\nparam x []s.T\ntype s.T map[string]s.T", []string{
		`source:4: parameter "x" of actor "a" is another []s.T, see lock:4: workers of either version cannot read all values of the other: tasks that cannot be read, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (add another parameter, and remove this one in a later release, or accept it: actorgen lock -accept a)`}},
	{"struct below what contains itself", "actor a queue=q\nparam x s.T\nstruct s.S\nfield A int\ntype s.T []struct{A s.T; B s.S; C bool}", "actor a queue=q\nparam x s.T\nstruct s.S\nfield A bool\ntype s.T []struct{A s.T; B s.S}", []string{
		`source:4: field "C" of parameter "x" of actor "a" is gone, see lock:7: workers running the old version will read zero for it in tasks of the new one (deploy workers before senders, or accept it: actorgen lock -accept a)`,
		`source:6: field "A" of s.S is bool and was int, see lock:6, in messages of a: workers of either version cannot read all values of the other: tasks that cannot be read, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (add another field, and remove this one in a later release, or accept it: actorgen lock -accept s.S)`}},
	{"kinds of types", "actor a queue=q\nparam a int8\nparam b uint8\nparam c [2]int\nparam d int\nparam e text(x.T)\nparam f int16\nparam g float32\nparam h [4]byte\nparam i *string\nparam j map[int8]string\nparam k binary(x.T)\nparam l bool\nparam m int64\nparam n uint32",
		"actor a queue=q\nparam a uint8\nparam b int16\nparam c []int\nparam d *int\nparam e string\nparam f float32\nparam g float64\nparam h []byte\nparam i msgpack.RawMessage\nparam j map[int64]string\nparam k binary(y.T)\nparam l *string\nparam m float64\nparam n float32", []string{
			`source:4: parameter "a" of actor "a" is uint8 and was int8, see lock:4: workers of either version cannot read all values of the other: tasks that cannot be read, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (add another parameter, and remove this one in a later release, or accept it: actorgen lock -accept a)`,
			`source:5: parameter "b" of actor "a" is int16 and was uint8, see lock:5: workers running the old version cannot read values that do not fit uint8: tasks of the new one with such values are retried, and in the end dead-lettered unless a worker of the other version takes them (deploy workers before senders, or accept it: actorgen lock -accept a)`,
			`source:6: parameter "c" of actor "a" is []int and was [2]int, see lock:6: workers running the old version cannot read values that do not fit [2]int: tasks of the new one with such values are retried, and in the end dead-lettered unless a worker of the other version takes them (deploy workers before senders, or accept it: actorgen lock -accept a)`,
			`source:7: parameter "d" of actor "a" is *int and was int, see lock:7: workers running the old version cannot read values that do not fit int: tasks of the new one with such values are retried, and in the end dead-lettered unless a worker of the other version takes them (deploy workers before senders, or accept it: actorgen lock -accept a)`,
			`source:8: parameter "e" of actor "a" is string and was text(x.T), see lock:8: workers running the old version cannot read values that do not fit text(x.T): tasks of the new one with such values are retried, and in the end dead-lettered unless a worker of the other version takes them (deploy workers before senders, or accept it: actorgen lock -accept a)`,
			`source:9: parameter "f" of actor "a" is float32 and was int16, see lock:9: workers running the old version cannot read values that do not fit int16: tasks of the new one with such values are retried, and in the end dead-lettered unless a worker of the other version takes them (deploy workers before senders, or accept it: actorgen lock -accept a)`,
			`source:10: parameter "g" of actor "a" is float64 and was float32, see lock:10: workers running the old version cannot read values that do not fit float32: tasks of the new one with such values are retried, and in the end dead-lettered unless a worker of the other version takes them (deploy workers before senders, or accept it: actorgen lock -accept a)`,
			`source:11: parameter "h" of actor "a" is []byte and was [4]byte, see lock:11: workers running the old version cannot read values that do not fit [4]byte: tasks of the new one with such values are retried, and in the end dead-lettered unless a worker of the other version takes them (deploy workers before senders, or accept it: actorgen lock -accept a)`,
			`source:12: parameter "i" of actor "a" is msgpack.RawMessage and was *string, see lock:12: workers running the old version cannot read values that do not fit *string: tasks of the new one with such values are retried, and in the end dead-lettered unless a worker of the other version takes them (deploy workers before senders, or accept it: actorgen lock -accept a)`,
			`source:13: parameter "j" of actor "a" is map[int64]string and was map[int8]string, see lock:13: workers running the old version cannot read values that do not fit map[int8]string: tasks of the new one with such values are retried, and in the end dead-lettered unless a worker of the other version takes them (deploy workers before senders, or accept it: actorgen lock -accept a)`,
			`source:14: parameter "k" of actor "a" is binary(y.T) and was binary(x.T), see lock:14: workers of either version cannot read all values of the other, or misread them: tasks that cannot be read, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (add another parameter, and remove this one in a later release, or accept it: actorgen lock -accept a)`,
			`source:15: parameter "l" of actor "a" is *string and was bool, see lock:15: workers of either version cannot read all values of the other: tasks that cannot be read, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (add another parameter, and remove this one in a later release, or accept it: actorgen lock -accept a)`,
			`source:16: parameter "m" of actor "a" is float64 and was int64, see lock:16: workers of either version cannot read all values of the other: tasks that cannot be read, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (add another parameter, and remove this one in a later release, or accept it: actorgen lock -accept a)`,
			`source:17: parameter "n" of actor "a" is float32 and was uint32, see lock:17: workers of either version cannot read all values of the other: tasks that cannot be read, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (add another parameter, and remove this one in a later release, or accept it: actorgen lock -accept a)`}},
	{"another type", "actor a queue=q\nparam x int64", "actor a queue=q\nparam x time.Duration", []string{
		`source:4: parameter "x" of actor "a" is time.Duration and was int64, see lock:4: workers of either version cannot read all values of the other, or misread them: tasks that cannot be read, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (add another parameter, and remove this one in a later release, or accept it: actorgen lock -accept a)`}},
	{"struct instead of none", "actor a queue=q\nparam x map[string]int", "actor a queue=q\nparam x s.T\nstruct s.T\nfield A int", []string{
		`source:4: parameter "x" of actor "a" is s.T and was map[string]int, see lock:4: workers of either version cannot read all values of the other: tasks that cannot be read, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (add another parameter, and remove this one in a later release, or accept it: actorgen lock -accept a)`}},
	{"result", "actor a queue=q\nresult int\nactor b queue=q\nresult s.T\nstruct s.T\nfield A int", "actor a queue=q\nactor b queue=q\nresult s.T\nstruct s.T\nfield A int8", []string{
		`source:3: result of actor "a" is gone, see lock:4: callers running the old version get an error from workers running the new one, after the task has run (stop calling it, and remove the result in a later release, or accept it: actorgen lock -accept a)`,
		`source:7: field "A" of s.T is int8 and was int, see lock:8, in messages of b: callers running the new version cannot read values of the old one that do not fit int8: such results are errors to their callers, after the task has run (deploy workers before callers, or accept it: actorgen lock -accept s.T)`}},
	{"results", "actor a queue=q\nresult int8\nactor b queue=q\nresult time.Time\nactor c queue=q\nresult s.T\nstruct s.T\nfield A int\nfield B int\nfield C int", "actor a queue=q\nresult int\nactor b queue=q\nresult string\nactor c queue=q\nresult s.T\nstruct s.T\nfield A int omitempty\nfield B int\nfield D int", []string{
		`source:4: result of actor "a" is int and was int8, see lock:4: callers running the old version cannot read values that do not fit int8: results of the new one with such values are errors to their callers, after the task has run (deploy callers before workers, or accept it: actorgen lock -accept a)`,
		`source:6: result of actor "b" is string and was time.Time, see lock:6: callers of either version cannot read all values of the other: results that cannot be read are errors to their callers, after the task has run (add an actor that returns it, and call that, or accept it: actorgen lock -accept b)`,
		`source:10: field "A" of s.T got omitempty while "D" is new, see lock:10, in messages of c: callers running the old version take it for a rename where it is left out: such results are errors to their callers, after the task has run (do one after the other, each in a release of its own, or accept it: actorgen lock -accept s.T)`,
		"source:12: field \"C\" of s.T is gone and \"D\" is new, see lock:12, in messages of c: callers of either version take that for a rename and do not read zero: results of the other are errors to their callers, after the task has run (keep the name \"C\" with a tag `msgpack:\"C\"`, or add \"D\" now and remove \"C\" in a later release, when nothing from before waits, or accept it: actorgen lock -accept s.T)"}},
	{"gone field of a result", "actor a queue=q\nresult struct{A int}", "actor a queue=q\nresult struct{}", []string{
		`source:4: field "A" of result of actor "a" is gone, see lock:4: callers running the old version will read zero for it in results of the new one (deploy callers before workers, or accept it: actorgen lock -accept a)`}},
	{"both ways", "actor a queue=q\nparam x s.T\nresult s.T\nstruct s.T\nfield A int8\nfield B int\nfield C int\nfield D int\nfield E int", "actor a queue=q\nparam x s.T\nresult s.T\nstruct s.T\nfield A int\nfield B int8\nfield C bool\nfield D int omitempty\nfield F int", []string{
		`source:7: field "A" of s.T is int and was int8, see lock:7, in messages of a: workers and callers running the old version cannot read values that do not fit int8: such tasks are retried, and in the end dead-lettered unless a worker of the other version takes them, and such results are errors to their callers, after the task has run (use one struct for parameters and another for results, or accept it: actorgen lock -accept s.T)`,
		`source:8: field "B" of s.T is int8 and was int, see lock:8, in messages of a: workers and callers running the new version cannot read values of the old one that do not fit int8: such tasks, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them, and such results are errors to their callers, after the task has run (stop writing such values, and change the type in a later release, or accept it: actorgen lock -accept s.T)`,
		`source:9: field "C" of s.T is bool and was int, see lock:9, in messages of a: workers and callers of either version cannot read all values of the other: tasks that cannot be read, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them, and such results are errors to their callers, after the task has run (add another field, and remove this one in a later release, or accept it: actorgen lock -accept s.T)`,
		`source:10: field "D" of s.T got omitempty while "F" is new, see lock:10, in messages of a: workers and callers running the old version take it for a rename where it is left out: such tasks are retried, and in the end dead-lettered unless a worker of the other version takes them, and such results are errors to their callers, after the task has run (do one after the other, each in a release of its own, or accept it: actorgen lock -accept s.T)`,
		"source:11: field \"E\" of s.T is gone and \"F\" is new, see lock:11, in messages of a: workers and callers of either version take that for a rename and do not read zero: tasks of the other are retried, and in the end dead-lettered unless a worker of the other version takes them, and results are errors to their callers, after the task has run (keep the name \"E\" with a tag `msgpack:\"E\"`, or add \"F\" now and remove \"E\" in a later release, when nothing from before waits, or accept it: actorgen lock -accept s.T)"}},
	{"gone field", "actor a queue=q\nparam x s.T\nactor b queue=q\nresult s.T\nactor c queue=q\nparam y []s.T\nactor d queue=q\nparam y int\nactor e queue=q\nparam x u.V\nstruct s.T\nfield A int\nstruct u.V\nfield T map[string]s.T",
		"actor a queue=q\nparam x s.U\nactor b queue=q\nresult s.U\nactor c queue=q\nparam y []s.U\nactor d queue=q\nparam y int\nactor e queue=q\nparam x u.V\nstruct s.U\nstruct u.V\nfield T map[string]s.U", []string{
			`source:13: field "A" of s.U is gone, see lock:14, in messages of a, c and 2 more: workers and callers running the old version will read zero for it (use one struct for parameters and another for results, or accept it: actorgen lock -accept s.U)`}},
	{"renamed field", "actor a queue=q\nparam x s.T\nstruct s.T\nfield A int", "actor a queue=q\nparam x s.T\nstruct s.T\nfield B int", []string{
		"source:6: field \"A\" of s.T is gone and \"B\" is new, see lock:6, in messages of a: workers of either version take that for a rename and do not read zero: tasks of the other, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (keep the name \"A\" with a tag `msgpack:\"A\"`, or add \"B\" now and remove \"A\" in a later release, when nothing from before waits, or accept it: actorgen lock -accept s.T)"}},
	{"optional fields", "actor a queue=q\nparam x s.T\nstruct s.T\nfield A int omitempty", "actor a queue=q\nparam x s.T\nstruct s.T\nfield B int omitempty", []string{
		`source:5: field "A" of s.T is gone, see lock:6, in messages of a: workers running the old version will read zero for it in tasks of the new one (deploy workers before senders, or accept it: actorgen lock -accept s.T)`}},
	{"omitempty beside a new field", "actor a queue=q\nparam x s.T\nstruct s.T\nfield A int", "actor a queue=q\nparam x s.T\nstruct s.T\nfield A int omitempty\nfield B int", []string{
		`source:6: field "A" of s.T got omitempty while "B" is new, see lock:6, in messages of a: workers running the old version take it for a rename where it is left out: such tasks are retried, and in the end dead-lettered unless a worker of the other version takes them (do one after the other, each in a release of its own, or accept it: actorgen lock -accept s.T)`}},
	{"literal", "actor a queue=q\nparam x struct{A struct{B int}}", "actor a queue=q\nparam x struct{A struct{B bool}}", []string{
		`source:4: field "B" of field "A" of parameter "x" of actor "a" is bool and was int, see lock:4: workers of either version cannot read all values of the other: tasks that cannot be read, waiting and delayed ones included, are retried, and in the end dead-lettered unless a worker of the other version takes them (add another field, and remove this one in a later release, or accept it: actorgen lock -accept a)`}},
	{"queue", "queue p type=quorum delivery-limit=20 overflow=reject-publish\nqueue r max-length=5 dead-letter-ttl=1h\nqueue r broker=b\nactor a queue=q", "queue p\nqueue r max-length=6 dead-letter-ttl=60m\nqueue r broker=b type=classic\nactor a queue=q", []string{
		`source:4: queue "r": max-length is 6 and was 5, see lock:4: the broker keeps what a queue was declared with, so max-length stays 5 there, and workers running the new version report that (name another queue, or accept it: actorgen lock -accept r)`,
		`source:5: queue "r": type is classic and was quorum, see lock:5: the broker keeps what a queue was declared with, so type stays quorum there, and workers running the new version refuse to start on it (name another queue, or accept it: actorgen lock -accept r)`}},
	{"gone queue", "queue p type=classic\nactor a queue=p", "actor b queue=q", []string{
		`lock:4: actor "a" is gone: its tasks that wait in queue "p", are delayed, or come from senders running the old version stay there once the old workers are gone, as no new one takes from it (stop sending it, and remove it in a later release, when none of its tasks waits or is delayed, or accept it: actorgen lock -accept a)`}},
	{"names for a shell", "queue \"it's $1\"\nactor a queue=q", "queue \"it's $1\" max-length=1\nactor a queue=q", []string{
		`source:3: queue "it's $1": max-length is 1 and was no limit, see lock:3: the broker keeps what a queue was declared with, so max-length stays no limit there, and workers running the new version report that (name another queue, or accept it: actorgen lock -accept 'it'\''s $1')`}},
}

func parse(t *testing.T, name, text string) *lockfile.File {
	t.Helper()
	f, err := lockfile.Parse(name, []byte(lockfile.Header+"\nqueue q\n"+text+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestBreaches(t *testing.T) {
	for _, test := range comparisons {
		t.Run(test.name, func(t *testing.T) {
			var list diagnostic.List
			for _, b := range contract.Breaches(parse(t, "lock", test.locked), parse(t, "source", test.source)) {
				list = append(list, b.Diagnostic())
			}
			var got []string
			for _, d := range list.Sorted("") {
				got = append(got, d.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestAccepted(t *testing.T) {
	locked := parse(t, "lock", "actor a queue=q\nparam x s.T\nactor b queue=q\nparam x s.T\nstruct s.T\nfield A int")
	source := parse(t, "source", "actor a queue=q\nparam x s.U\nactor b queue=q\nparam x s.U\nstruct s.U")
	breaches := contract.Breaches(locked, source)
	if len(breaches) != 1 {
		t.Fatalf("got %d breaches, want 1", len(breaches))
	}
	for names, want := range map[string]bool{"": false, "s.T": true, "s.U": true, "a": false, "b q": false, "b a": true} {
		if got := breaches[0].AcceptedBy(strings.Fields(names)); got != want {
			t.Errorf("accepting %q: got %t, want %t", names, got, want)
		}
	}
}

// FuzzBreaches: a contract does not break itself, and comparing any two ends.
func FuzzBreaches(f *testing.F) {
	for _, test := range comparisons {
		f.Add(test.locked, test.source)
	}
	f.Fuzz(func(t *testing.T, locked, source string) {
		was, err := lockfile.Parse("lock", []byte(lockfile.Header+"\nqueue q\n"+locked))
		if err != nil {
			return
		}
		for _, b := range contract.Breaches(was, was) {
			t.Fatalf("broken by itself: %v", b.Diagnostic())
		}
		is, err := lockfile.Parse("source", []byte(lockfile.Header+"\nqueue q\n"+source))
		if err != nil {
			return
		}
		for _, b := range contract.Breaches(was, is) {
			if d := b.Diagnostic(); !d.Pos.IsValid() || !b.Locked.IsValid() || !b.AcceptedBy(b.Names[:1]) {
				t.Fatalf("got %v, want a breach with places and a name that accepts it", d)
			}
		}
	})
}
