package code_test

import (
	"testing"

	"github.com/actorgen/actorgen/generator/code"
)

func TestSource(t *testing.T) {
	f := code.NewFile("example.com/app", "app")
	f.HeaderComment("// Head.")
	f.Import("time", "time2", true)
	f.Import("context", "context", false)
	f.Import("unused", "unused", false)
	wait := code.Id("wait")
	f.Func().Id("f").Params(wait.Clone().Qual("time", "Duration"), code.Id("own").Qual("example.com/app", "T")).Block(
		code.If(wait.Op(">").Lit(0)).Block(code.Return(code.Lit(`"`))),
	)
	got, err := f.Source()
	want := "// Head.\n\npackage app\n\nimport time2 \"time\"\n\n" +
		"\nfunc f (wait time2.Duration,own T) {\nif wait > 0 {\nreturn \"\\\"\"\n}\n}"
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	f.Var().Id("x").Qual("nobody/knows", "T")
	if _, err := f.Source(); err == nil {
		t.Error("got no error for a package without a name")
	}
}
