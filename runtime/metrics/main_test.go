package metrics_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestMain(m *testing.M) {
	before := goleak.IgnoreCurrent()
	code := rabbittest.Run(m)
	if err := goleak.Find(before); code == 0 && err != nil {
		os.Stderr.WriteString(err.Error())
		code = 1
	}
	os.Exit(code)
}
