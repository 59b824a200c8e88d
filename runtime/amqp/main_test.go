package amqp

import (
	"flag"
	"os"
	"testing"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// beside is how many tests run beside each other unless the flag -parallel says
// so. Nearly all of them wait, for a broker or for the end of a fault, so that is
// more than there are processors.
const beside = "8"

func TestMain(m *testing.M) {
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		_ = parallel.Value.Set(beside)
	}
	os.Exit(rabbittest.Run(m))
}
