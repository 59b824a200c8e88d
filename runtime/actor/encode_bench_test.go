package actor

import (
	"testing"
	"time"
)

// The benchmarks drive the codec as generated code does.

var benchStub = NewStub(&Definition{Name: "tasks.SendEmail", Queue: Queue{Name: "emails"}})

func stringMessage(addr string) (Message, error) {
	e := NewEncoder()
	e.Map(1)
	e.Key("addr").String(addr)
	e.End()
	return benchStub.Message(e)
}

func stringArgs(m Message) (string, error) {
	var addr string
	d := benchStub.Decoder(m)
	for range d.Fields("addr") {
		addr = d.String()
	}
	return addr, d.Err()
}

type address struct {
	Street, City, Country string
	Zip                   int
}

func encodeAddress(e *Encoder, v address) {
	e.Map(4)
	e.Key("Street").String(v.Street)
	e.Key("City").String(v.City)
	e.Key("Country").String(v.Country)
	e.Key("Zip").Int(v.Zip)
	e.End()
}

func decodeAddress(d *Decoder) address {
	var v address
	for field := range d.Fields("Street", "City", "Country", "Zip") {
		switch field {
		case "Street":
			v.Street = d.String()
		case "City":
			v.City = d.String()
		case "Country":
			v.Country = d.String()
		case "Zip":
			v.Zip = d.Int()
		}
	}
	return v
}

// order has seven parameters: a nested struct, two times, and a nil pointer
// among them.
type order struct {
	ID       int64
	Express  bool
	Placed   time.Time
	Due      time.Time
	Home     address
	Delivery *address
	Weight   float64
}

func encodeOrder(e *Encoder, v order) {
	e.Map(7)
	e.Key("id").Int64(v.ID)
	e.Key("express").Bool(v.Express)
	e.Key("placed").Time(v.Placed)
	e.Key("due").Time(v.Due)
	encodeAddress(e.Key("home"), v.Home)
	EncodePointer(e.Key("delivery"), v.Delivery, encodeAddress)
	e.Key("weight").Float64(v.Weight)
	e.End()
}

func decodeOrder(d *Decoder) order {
	var v order
	for field := range d.Fields("id", "express", "placed", "due", "home", "delivery", "weight") {
		switch field {
		case "id":
			v.ID = d.Int64()
		case "express":
			v.Express = d.Bool()
		case "placed":
			v.Placed = d.Time()
		case "due":
			v.Due = d.Time()
		case "home":
			v.Home = decodeAddress(d)
		case "delivery":
			v.Delivery = DecodePointer(d, decodeAddress)
		case "weight":
			v.Weight = d.Float64()
		}
	}
	return v
}

func orderMessage(o order) (Message, error) {
	e := NewEncoder()
	encodeOrder(e, o)
	return benchStub.Message(e)
}

func orderArgs(m Message) (order, error) {
	d := benchStub.Decoder(m)
	return decodeOrder(d), d.Err()
}

var benchOrder = order{
	ID:      1 << 40,
	Express: true,
	Placed:  time.Unix(1700000000, 123456789),
	Due:     time.Unix(1700086400, 0),
	Home:    address{Street: "Long Street 12", City: "Ravensburg", Country: "DE", Zip: 88212},
	Weight:  2.5,
}

func BenchmarkEncodeString(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := stringMessage("ada@example.com"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeString(b *testing.B) {
	m, _ := stringMessage("ada@example.com")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := stringArgs(m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeOrder(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := orderMessage(benchOrder); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeOrder(b *testing.B) {
	m, _ := orderMessage(benchOrder)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := orderArgs(m); err != nil {
			b.Fatal(err)
		}
	}
}
