package emit

import (
	"fmt"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/option"
)

// definition is the literal of what the source says of an actor. What it does
// not say stays unset.
func definition(a *model.Actor) jen.Code {
	list := []jen.Code{
		jen.Id("Name").Op(":").Lit(a.Name),
		jen.Id("Queue").Op(":").Qual(actorPath, "Queue").Add(fieldList(queue(a.Queue))),
	}
	if a.Broker != "" {
		list = append(list, jen.Id("Broker").Op(":").Lit(a.Broker))
	}
	for _, policy := range []string{"Publish", "Work"} {
		if set := settings(a.Settings, policy); set != nil {
			list = append(list, jen.Id(policy).Op(":").Qual(actorPath, policy+"Policy").Add(fieldList(set)))
		}
	}
	return jen.Op("&").Qual(actorPath, "Definition").Custom(rows("{", "}"), list...)
}

// fieldList is the body of a struct literal, in one line while it is short.
func fieldList(fields []jen.Code) jen.Code {
	const short = 3
	if len(fields) <= short {
		return jen.Values(fields...)
	}
	return jen.Custom(rows("{", "}"), fields...)
}

func queue(q model.Queue) []jen.Code {
	fields := []jen.Code{jen.Id("Name").Op(":").Lit(q.Name)}
	for _, s := range q.Settings {
		fields = append(fields, jen.Id(s.Field).Op(":").Add(literal(s.Value)))
	}
	return fields
}

// settings are the fields of one policy, which are pointers.
func settings(list []model.Setting, policy string) []jen.Code {
	var fields []jen.Code
	for _, s := range list {
		if s.Struct == policy {
			fields = append(fields, jen.Id(s.Field).Op(":").New(pointee(s.Value)))
		}
	}
	return fields
}

// pointee is literal for new, which takes the type from its operand.
func pointee(value any) jen.Code {
	if value == time.Duration(0) {
		return jen.Qual(timePath, "Duration").Call(jen.Lit(0))
	}
	return literal(value)
}

// literal writes a value as a person would.
func literal(value any) jen.Code {
	switch v := value.(type) {
	case option.Const:
		return jen.Qual(actorPath, string(v))
	case time.Duration:
		return duration(v)
	case bool, int:
		return jen.Lit(v)
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

func duration(d time.Duration) jen.Code {
	if d == 0 {
		return jen.Lit(0)
	}
	for _, u := range units {
		switch {
		case d == u.unit:
			return jen.Qual(timePath, u.name)
		case d%u.unit == 0:
			return jen.Lit(int(d/u.unit)).Op("*").Qual(timePath, u.name)
		}
	}
	panic("emit: unreachable") // every duration is whole nanoseconds
}
