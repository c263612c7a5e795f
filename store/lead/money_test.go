package lead

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCurrencies(t *testing.T) {
	t.Parallel()

	for code, want := range map[string]bool{
		"EUR": true, "JPY": true, "KWD": true, "DEM": true, "VES": true, "SLE": true, // of today, of the past, newer than the tables
		"ABC": false, "XXX": false, "XTS": false, "eur": false, "EURO": false, "EU": false, "": false,
	} {
		require.Equal(t, want, IsCurrency(code), code)
	}

	for code, want := range map[string]int{"JPY": 0, "EUR": 2, "KWD": 3, "BHD": 3, "IQD": 3, "TND": 3, "CLF": 3, "SLE": 2} {
		decimals, known := decimalsOf(code)
		require.True(t, known, code)
		require.Equal(t, want, decimals, code)
	}
}

func TestAmountsAsPeopleWriteThem(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		text, code string
		want       Amount // -1: refused
	}{
		{"12000", "EUR", 12_000 * Unit}, {"12,000.50", "EUR", 12_000_500}, {"12.000,5", "EUR", 12_000_500},
		{"1.234.567", "EUR", 1_234_567 * Unit}, {"12.500", "EUR", 12_500 * Unit}, {"12,500", "EUR", 12_500 * Unit},
		{"12'000.00", "CHF", 12_000 * Unit}, {"1 200", "EUR", 1_200 * Unit}, {".5", "EUR", 500},
		{"1.2345", "EUR", -1}, {"abc", "EUR", -1}, {"-5", "EUR", -1}, {"+5", "EUR", -1}, {"1,2,3", "EUR", -1}, {".,", "EUR", -1},
		{"12a", "EUR", -1}, {"99999999999999999999", "EUR", -1},

		{"1200", "JPY", 1_200 * Unit}, {"1,200", "JPY", 1_200 * Unit}, {"1200.00", "JPY", 1_200 * Unit},

		{"12.5", "KWD", 12_500}, {"12.500", "KWD", 12_500}, {"12,500", "KWD", 12_500 * Unit}, {"0.125", "KWD", 125},
		{"1,000.500", "KWD", 1_000_500}, {"1.000,500", "KWD", 1_000_500}, {"1.000.500", "KWD", 1_000_500 * Unit}, {"1.2345", "KWD", -1},

		// What can't be thousands is no mark of thousands, in any currency.
		{"0,500", "KWD", 500}, {",125", "TND", 125}, {"1234,567", "KWD", 1_234_567}, {"1234.567", "KWD", 1_234_567},
		{"0.500", "EUR", 500}, {".500", "EUR", 500}, {"1234.500", "EUR", 1_234_500}, {"1,234.000", "EUR", 1_234 * Unit},
		{"0.505", "EUR", -1}, {"1234,567", "EUR", -1}, {"1,234.567", "EUR", -1}, {"1.234,567", "JPY", -1},
		{"1,234,567", "EUR", 1_234_567 * Unit}, {"1.234", "JPY", 1_234 * Unit}, {"123.456", "EUR", 123_456 * Unit},
	} {
		got, err := ReadAmount(c.text, c.code)
		if c.want < 0 {
			require.Error(t, err, "%s %s", c.text, c.code)
			continue
		}

		require.NoError(t, err, "%s %s", c.text, c.code)
		require.Equal(t, c.want, got, "%s %s", c.text, c.code)
	}
}

func TestAmountsAsProgramsWriteThem(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		text, code string
		want       Amount
		err        error
	}{
		{"1200", "EUR", 1_200 * Unit, nil}, {"1200.5", "EUR", 1_200_500, nil}, {"1200.50000", "EUR", 1_200_500, nil},
		{"1200.505", "EUR", 0, ErrDecimals}, {"1200.505", "KWD", 1_200_505, nil}, {"1200.5055", "KWD", 0, ErrDecimals},
		{"1200", "JPY", 1_200 * Unit, nil}, {"1200.00", "JPY", 1_200 * Unit, nil},
		{"1,200", "EUR", 0, ErrNoAmount}, {"1e3", "EUR", 0, ErrNoAmount}, {"-1", "EUR", 0, ErrNoAmount}, {`"1"`, "EUR", 0, ErrNoAmount},
	} {
		got, err := ReadNumber(c.text, c.code)
		require.ErrorIs(t, err, c.err, "%s %s", c.text, c.code)
		require.Equal(t, c.want, got, "%s %s", c.text, c.code)
	}
}

func TestAmountsAreWritten(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		amount             Amount
		code, words, plain string
	}{
		{1_234_567_050, "EUR", "1,234,567.05", "1234567.05"}, {12 * Unit, "EUR", "12", "12.00"}, {-1_200_500, "EUR", "-1,200.50", "-1200.50"},
		{1_200 * Unit, "JPY", "1,200", "1200"}, {1_200_500, "JPY", "1,200.50", "1200.5"}, // as it came in
		{12_500, "KWD", "12.500", "12.500"}, {1_200_505, "KWD", "1,200.505", "1200.505"}, {5, "KWD", "0.005", "0.005"}, {0, "KWD", "0", "0.000"},
	} {
		require.Equal(t, c.words, c.amount.Words(c.code))
		require.Equal(t, c.plain, c.amount.Plain(c.code))
	}
}

func TestAmountsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom([]string{"EUR", "KWD", "JPY", "SLE"}).Draw(t, "currency")
		amount := Amount(rapid.Int64Range(0, int64(maxAmount)).Draw(t, "amount"))
		if code != "KWD" {
			amount -= amount % 10
		}

		got, err := ReadAmount(amount.Words(code), code)
		require.NoError(t, err)
		require.Equal(t, amount, got)
		got, err = ReadNumber(amount.Plain(code), code)
		require.NoError(t, err)
		require.Equal(t, amount, got)

		var d Deal
		d.SetAmount(amount)
		require.Equal(t, amount, d.Amount())
		require.Less(t, amount-Amount(d.Cents*10), Amount(10), "who knows hundredths only loses less than one")
	})
}

// TestAnOlderVersionReadsDeals makes sure of the stored form: hundredths where
// they were, the thousandths beside them, and nothing new for other currencies.
func TestAnOlderVersionReadsDeals(t *testing.T) {
	t.Parallel()
	d := Deal{Currency: "KWD"}
	d.SetAmount(12_505)
	body, err := json.Marshal(d)
	require.NoError(t, err)
	require.JSONEq(t, `{"cents":1250,"mills":5,"currency":"KWD"}`, string(body))
	d = Deal{Currency: "EUR"}
	d.SetAmount(12_500)
	body, err = json.Marshal(d)
	require.NoError(t, err)
	require.JSONEq(t, `{"cents":1250,"currency":"EUR"}`, string(body))
}
