package expression

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawNumber draws a number in any form that JSON has.
func drawNumber(t *rapid.T, label string) string {
	whole := rapid.OneOf(rapid.SampledFrom([]string{"0", "1", "10", "9007199254740993", "18446744073709551616"}), rapid.StringMatching(`[1-9][0-9]{0,25}`)).Draw(t, label)
	number := rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign") + whole
	if rapid.Bool().Draw(t, "fraction") {
		number += "." + rapid.StringMatching(`[0-9]{1,25}`).Draw(t, "digits")
	}
	if rapid.Bool().Draw(t, "exponent") {
		number += rapid.StringMatching(`[eE][+-]?[0-9]{1,2}`).Draw(t, "power")
	}
	return number
}

func rat(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic(text)
	}
	return r
}

func TestCompareNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawNumber(t, "a"), drawNumber(t, "b")
		if rapid.Bool().Draw(t, "close") { // the same, written with another exponent
			r := rat(a)
			b = r.FloatString(60) + rapid.SampledFrom([]string{"", "e0", "0e+00", "1"}).Draw(t, "end")
		}
		if got, want := compareNumbers([]byte(a), []byte(b)), rat(a).Cmp(rat(b)); got != want {
			t.Fatalf("%s and %s: %d, want %d", a, b, got, want)
		}
	})
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"1e400", "1e399", 1}, {"-1e400", "1", -1}, {"1e-400", "0", 1}, {"1e-400", "1e-401", 1}, {"0e99", "-0", 0}, {"10e399", "1e400", 0},
		{"1e99999999999999999999", "1e3", 1}, {"1e-99999999999999999999", "1e-3", -1}, {"0.00", "0", 0},
	} {
		if got := compareNumbers([]byte(test.a), []byte(test.b)); got != test.want {
			t.Errorf("%s and %s: %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

// TestArithmetic computes with random numbers, and again exactly: the result is that rounded to 19 digits,
// half to even, or an error if those before the point do not fit.
func TestArithmetic(t *testing.T) {
	e := NewEvaluator(nil)
	programs := map[string]*Program{}
	for _, operator := range []string{"+", "-", "*", "/"} {
		programs[operator] = compile(t, "properties.a "+operator+" properties.b")
	}
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.StringMatching(`-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?`)
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		operator := rapid.SampledFrom([]string{"+", "-", "*", "/"}).Draw(t, "operator")
		got := shown(e, programs[operator], rowOf(fmt.Sprintf(`{"a":%s,"b":%s}`, a, b)))
		exact := new(big.Rat)
		switch operator {
		case "+":
			exact.Add(rat(a), rat(b))
		case "-":
			exact.Sub(rat(a), rat(b))
		case "*":
			exact.Mul(rat(a), rat(b))
		case "/":
			if rat(b).Sign() == 0 {
				if !strings.Contains(got, "divides by properties.b, which is 0") {
					t.Fatalf("%s / %s is %s", a, b, got)
				}
				return
			}
			exact.Quo(rat(a), rat(b))
		}
		whole := new(big.Int).Quo(new(big.Int).Abs(exact.Num()), exact.Denom()).String()
		if whole == "0" {
			whole = ""
		}
		if len(whole) > 19 {
			if !strings.Contains(got, "more than 19 digits before the point") {
				t.Fatalf("%s %s %s is %s", a, operator, b, got)
			}
			return
		}
		// Half a unit of the last of 19 digits is as far as the result may be from the exact one.
		most := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(19-len(whole))), nil))
		most.Quo(most, big.NewRat(2, 1))
		if off := new(big.Rat).Sub(rat(got), exact); off.Abs(off).Cmp(most) > 0 {
			t.Fatalf("%s %s %s is %s, %s off", a, operator, b, got, off.FloatString(25))
		}
		if strings.Contains(got, ".") && strings.HasSuffix(got, "0") {
			t.Fatalf("%s %s %s is %s, with a needless zero", a, operator, b, got)
		}
	})
}
