package memory_test

import (
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
	"github.com/actorgen/actorgen/runtime/transporttest"
)

func TestConformance(t *testing.T) {
	transporttest.Run(t, broker{memory.NewBroker()})
}

type broker struct{ *memory.Broker }

func (b broker) Open(_ *testing.T, o transporttest.Options) actor.Transport {
	return memory.New(memory.Config{Broker: b.Broker, MaxDelay: o.MaxDelay, NoDeclare: o.NoDeclare})
}

func (b broker) Cut(_ *testing.T, transport actor.Transport) {
	transport.(*memory.Transport).Interrupt()
}
