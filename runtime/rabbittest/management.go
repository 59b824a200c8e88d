package rabbittest

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// ManagementURL returns the URL of the management API without credentials; the
// administrator is guest, with the password guest.
func (n *Node) ManagementURL() string { return "http://" + loopback(n.ports.management) }

// awaitManagement waits until the management API answers, which begins a little
// later than the node itself. Without the API it does nothing.
func (n *Node) awaitManagement(ctx context.Context) error {
	if n.ports.management == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, bootTimeout)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, n.ManagementURL(), nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			return response.Body.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("management API: %w", err)
		case <-time.After(handshakeInterval):
		}
	}
}
