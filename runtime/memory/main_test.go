package memory_test

import (
	"flag"
	"log"
	"os"
	"testing"
)

// TestMain lets more tests run at once than there are processors, unless the
// command line says how many: the cases of the conformance suite wait far more
// than they work.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "16"); err != nil {
		log.Fatal(err)
	}
	os.Exit(m.Run())
}
