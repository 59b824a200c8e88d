package rabbittest

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// helperVariable makes the test binary start a node, say where it is, and
// wait to be killed.
const helperVariable = "RABBITTEST_HELPER"

func TestMain(m *testing.M) {
	if os.Getenv(helperVariable) != "" {
		holdNode()
	}
	os.Exit(Run(m))
}

func holdNode() {
	n, err := Start(context.Background(), Options{})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println(n.directory, n.broker.Pid, n.mapper.Pid)
	select {}
}
