package emit

import (
	"fmt"
	"time"

	"github.com/actorgen/actorgen/generator/code"
	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/option"
)

// definition is the literal of what the source says of an actor. What it does
// not say stays unset.
func definition(a *model.Actor) code.Code {
	list := []code.Code{
		code.Id("Name").Op(":").Lit(a.Name),
		code.Id("Queue").Op(":").Qual(actorPath, "Queue").Add(fieldList(queue(a.Queue))),
	}
	if a.Broker != "" {
		list = append(list, code.Id("Broker").Op(":").Lit(a.Broker))
	}
	for _, policy := range []string{"Publish", "Work"} {
		if set := settings(a.Settings, policy); set != nil {
			list = append(list, code.Id(policy).Op(":").Qual(actorPath, policy+"Policy").Add(fieldList(set)))
		}
	}
	return code.Op("&").Qual(actorPath, "Definition").Rows(list...)
}

// fieldList is the body of a struct literal, in one line while it is short.
func fieldList(fields []code.Code) code.Code {
	const short = 3
	if len(fields) <= short {
		return code.Values(fields...)
	}
	return code.Rows(fields...)
}

func queue(q model.Queue) []code.Code {
	fields := []code.Code{code.Id("Name").Op(":").Lit(q.Name)}
	for _, s := range q.Settings {
		fields = append(fields, code.Id(s.Field).Op(":").Add(literal(s.Value)))
	}
	return fields
}

// settings are the fields of one policy, which are pointers.
func settings(list []model.Setting, policy string) []code.Code {
	var fields []code.Code
	for _, s := range list {
		if s.Struct == policy {
			fields = append(fields, code.Id(s.Field).Op(":").New(pointee(s.Value)))
		}
	}
	return fields
}

// pointee is literal for new, which takes the type from its operand.
func pointee(value any) code.Code {
	if value == time.Duration(0) {
		return code.Qual(timePath, "Duration").Call(code.Lit(0))
	}
	return literal(value)
}

// literal writes a value as a person would.
func literal(value any) code.Code {
	switch v := value.(type) {
	case option.Const:
		return code.Qual(actorPath, string(v))
	case time.Duration:
		return duration(v)
	case bool, int:
		return code.Lit(v)
	}
	panic(fmt.Sprintf("emit: setting of type %T", value)) // the option table has no other kinds
}

var units = []struct {
	unit time.Duration
	name string
}{
	{time.Hour, "Hour"},
	{time.Minute, "Minute"},
	{time.Second, "Second"},
	{time.Millisecond, "Millisecond"},
	{time.Microsecond, "Microsecond"},
	{time.Nanosecond, "Nanosecond"},
}

func duration(d time.Duration) code.Code {
	if d == 0 {
		return code.Lit(0)
	}
	for _, u := range units {
		switch {
		case d == u.unit:
			return code.Qual(timePath, u.name)
		case d%u.unit == 0:
			return code.Lit(int(d/u.unit)).Op("*").Qual(timePath, u.name)
		}
	}
	panic("emit: unreachable") // every duration is whole nanoseconds
}
