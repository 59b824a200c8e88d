package workercmd

import (
	"os"
	"time"
)

// heed lets the worker drain at the first signal, and ends the process at the
// second one, whatever still runs. So it does when a constructor does not return
// in the time that tasks would have; a worker sees to that by itself.
func (p *process) heed(signals <-chan os.Signal) {
	select {
	case received := <-signals:
		p.logger.Info("draining, a second signal quits at once", "signal", received.String())
	case <-p.left:
		return
	}
	p.tell()
	late := time.NewTimer(p.settings.drain())
	defer late.Stop()
	for {
		select {
		case received := <-signals:
			p.logger.Error("second signal, quitting at once; unfinished tasks will run again", "signal", received.String())
			p.exit(exitFailed)
			return
		case <-late.C:
			if p.beginning() {
				p.logger.Error("worker failed: it was told to end before it began, and what it waits for does not heed that")
				p.exit(exitFailed)
				return
			}
		case <-p.left:
			return
		}
	}
}

// tell has the worker drain, or what comes before it end.
func (p *process) tell() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = time.Now()
	if !p.begun {
		p.cancel()
	}
	p.drain()
}

// begin ends the time of constructors. Their context stays as it is.
func (p *process) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begun = true
}

// beginning reports whether it is still the time of constructors.
func (p *process) beginning() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.begun
}
