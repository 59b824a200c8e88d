package arguments

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// bits are the widths of the signed, the unsigned and the float types.
var (
	signedBits   = map[string]int{"int": 64, "int8": 8, "int16": 16, "int32": 32, "int64": 64}
	unsignedBits = map[string]int{"uint": 64, "uint8": 8, "uint16": 16, "uint32": 32, "uint64": 64}
	floatBits    = map[string]int{"float32": 32, "float64": 64}
)

func parseSigned(text, name string) (int64, error) {
	bits := signedBits[name]
	n, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		least, most := int64(-1)<<(bits-1), int64(math.MaxInt64)>>(64-bits)
		return 0, misfit(text, err, fmt.Sprintf("%s holds %d to %d", name, least, most))
	}
	return n, nil
}

func parseUnsigned(text, name string) (uint64, error) {
	bits := unsignedBits[name]
	n, err := strconv.ParseUint(text, 10, bits)
	if err != nil {
		return 0, misfit(text, err, fmt.Sprintf("%s holds 0 to %d", name, uint64(math.MaxUint64)>>(64-bits)))
	}
	return n, nil
}

// misfit says why a text is no integer of a type.
func misfit(text string, err error, holds string) error {
	if errors.Is(err, strconv.ErrRange) || isInteger(text) {
		return fmt.Errorf("%s is out of range (%s)", excerpt(text), holds)
	}
	return fmt.Errorf("%s is no integer (%s)", excerpt(text), holds)
}

// isInteger reports whether a text is one of JSON.
func isInteger(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}

// notFinite are the floats that JSON has no numbers for.
var notFinite = map[string]float64{`"NaN"`: math.NaN(), `"+Inf"`: math.Inf(1), `"-Inf"`: math.Inf(-1)}

func parseFloat(text, name string) (float64, error) {
	if v, ok := notFinite[text]; ok {
		return v, nil
	}
	if !isNumber(text) {
		return 0, fmt.Errorf(`%s is no number (%s wants one such as 1.5, or "NaN", "+Inf", "-Inf")`, excerpt(text), name)
	}
	v, err := strconv.ParseFloat(text, floatBits[name])
	if err != nil {
		return 0, fmt.Errorf("%s is out of range (%s)", excerpt(text), name)
	}
	return v, nil
}

// isNumber tells numbers from the other values of JSON.
func isNumber(text string) bool {
	return text != "" && strings.ContainsRune("-0123456789", rune(text[0]))
}

// appendFloat writes the shortest number that is read back the same.
func appendFloat(b []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, `"NaN"`...)
	case math.IsInf(v, 0):
		return fmt.Appendf(b, `"%+f"`, v)
	}
	format := byte('f')
	if size := math.Abs(v); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(b, v, format, -1, bits)
}

// excerpt shortens what an error quotes.
func excerpt(text string) string {
	const longest = 60
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}
