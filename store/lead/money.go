package lead

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/currency"
)

// Amount is an amount of money in thousandths of a currency's unit: the most
// decimals that a currency in everyday use has.
type Amount int64

// Unit is one unit of a currency.
const Unit Amount = 1000

// newerCurrencies are the decimals of currencies that x/text/currency doesn't
// know, since its data are of 2017, or knows with the decimals of everyday cash
// (IQD) in the place of those of ISO 4217.
var newerCurrencies = map[string]int{"MRU": 2, "VES": 2, "VED": 2, "SLE": 2, "XCG": 2, "ZWG": 2, "IQD": 3}

// decimalsOf is how many decimals the amounts of a currency have; known is false
// when there is no currency with this code, in capitals.
func decimalsOf(code string) (decimals int, known bool) {
	if n, ok := newerCurrencies[code]; ok {
		return n, true
	}

	if code == "XXX" || code == "XTS" { // ISO's codes for none, and for tests
		return 2, false
	}

	unit, err := currency.ParseISO(code)
	if err != nil || unit.String() != code {
		return 2, false
	}

	decimals, _ = currency.Standard.Rounding(unit)
	return min(decimals, 3), true
}

// IsCurrency tells whether a text is the code of a currency in ISO 4217, in
// capitals: "EUR". Those of the past are, too.
func IsCurrency(code string) bool {
	_, known := decimalsOf(code)
	return known
}

// taken is how many decimals an amount may have that comes in: the hundredths
// also where cash has none, since programs write "1200.00" for any currency.
func taken(code string) int {
	decimals, known := decimalsOf(code)
	if !known { // the currency is what is wrong then
		return 3
	}

	return max(decimals, 2)
}

// Errors of reading an amount.
var (
	ErrNoAmount = errors.New("this is no amount")
	ErrDecimals = errors.New("the currency has fewer decimals")
)

var plainAmount = regexp.MustCompile(`^(\d{1,13})(?:\.(\d{1,15}))?$`)

// ReadNumber reads an amount as a program writes it, "1200.50", exactly and not
// by way of a float. The error is ErrDecimals when the currency has fewer, but
// for zeros, and else ErrNoAmount.
func ReadNumber(text, code string) (Amount, error) {
	parts := plainAmount.FindStringSubmatch(text)
	if parts == nil {
		return 0, ErrNoAmount
	}

	return amountOf(parts[1], parts[2], code)
}

// ReadAmount reads an amount as people write it: "12000", "12,000.50" or
// "12.000,50". The last point or comma stands before the decimals, unless three
// digits follow that are thousands; see [thousands]. No text is no money. Errors
// are as in [ReadNumber].
func ReadAmount(text, code string) (Amount, error) {
	text = strings.NewReplacer(" ", "", "\u00a0", "", "'", "").Replace(text)
	if text == "" {
		return 0, nil
	}

	whole, fraction := text, ""
	if at := strings.LastIndexAny(text, marks); at >= 0 {
		before, after := text[:at], text[at+1:]
		if len(after) < 3 || len(after) == 3 && !thousands(before, text[at:at+1], code) {
			whole, fraction = before, after
		}
	}

	groups := strings.FieldsFunc(whole, func(r rune) bool { return strings.ContainsRune(marks, r) })
	for _, group := range groups[min(1, len(groups)):] {
		if len(group) != 3 {
			return 0, ErrNoAmount
		}
	}

	if len(groups) == 0 && fraction != "" {
		groups = []string{"0"} // ".50"
	}

	return amountOf(strings.Join(groups, ""), fraction, code)
}

// marks may stand between thousands and before decimals.
const marks = ".,"

// thousands tells whether the three digits after the last mark of an amount are
// thousands and not decimals. They are when the marks before it are the same:
// "1.000.500". When it is the only mark, they are after one to three digits that
// don't begin with 0, but not after a point in a currency with three decimals: in
// KWD "12,500" is twelve thousand, and "12.500" twelve and a half.
func thousands(before, mark, code string) bool {
	if strings.ContainsAny(before, marks) {
		return !strings.ContainsAny(before, strings.Replace(marks, mark, "", 1))
	}

	if before == "" || len(before) > 3 || before[0] == '0' {
		return false
	}

	return mark == "," || taken(code) < 3
}

// amountOf puts an amount together from its digits.
func amountOf(whole, fraction, code string) (Amount, error) {
	if len(strings.TrimRight(fraction, "0")) > taken(code) {
		return 0, fmt.Errorf("%w: %s has %d", ErrDecimals, code, taken(code))
	}

	digits := whole + (fraction + "000")[:3]
	for _, r := range digits {
		if r < '0' || r > '9' {
			return 0, ErrNoAmount
		}
	}

	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || whole == "" || len(whole) > 15 {
		return 0, ErrNoAmount
	}

	return Amount(n), nil
}

// Plain writes an amount for programs, with the decimals of its currency, or
// more where it has them: "12000.50", "12000" in JPY, "12000.500" in KWD.
func (a Amount) Plain(code string) string {
	decimals, _ := decimalsOf(code)
	text := fmt.Sprintf("%s%d.%03d", sign(a), abs(a)/Unit, abs(a)%Unit)
	for zeros := 3 - decimals; zeros > 0 && strings.HasSuffix(text, "0"); zeros-- {
		text = text[:len(text)-1]
	}

	return strings.TrimSuffix(text, ".")
}

// Words writes an amount for people: "12,000.50", and "12,000" without decimals
// that are zero.
func (a Amount) Words(code string) string {
	whole := strconv.FormatInt(int64(abs(a)/Unit), 10)
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}

	if abs(a)%Unit == 0 {
		return sign(a) + whole
	}

	decimals, _ := decimalsOf(code)
	fraction := fmt.Sprintf("%03d", abs(a)%Unit)
	if decimals < 3 {
		fraction = strings.TrimSuffix(fraction, "0")
	}

	return sign(a) + whole + "." + fraction
}

func abs(a Amount) Amount {
	if a < 0 {
		return -a
	}

	return a
}

func sign(a Amount) string {
	if a < 0 {
		return "-"
	}

	return ""
}
