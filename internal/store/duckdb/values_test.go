package duckdb

import "testing"

func TestEveryTypeHasAValueThatJSONCanSay(t *testing.T) {
	s := open(t)
	for sql, want := range map[string]string{
		"NULL": "null", "true": "true", "''": `""`, "'é'": `"é"`,
		"1::TINYINT": "1", "1::SMALLINT": "1", "1::INTEGER": "1", "9007199254740993": "9007199254740993",
		"1::UTINYINT": "1", "1::USMALLINT": "1", "1::UINTEGER": "1", "18446744073709551615::UBIGINT": "18446744073709551615",
		"sum(1)": "1", "170141183460469231731687303715884105727::HUGEINT": `"170141183460469231731687303715884105727"`, "7::UHUGEINT": "7",
		"1.5::FLOAT": "1.5", "1.5::DOUBLE": "1.5", "'nan'::DOUBLE": "null", "'-inf'::FLOAT": "null", "1.25::DECIMAL(10,2)": "1.25",
		"DATE '2026-01-02'": `"2026-01-02"`, "TIME '10:11:12.5'": `"10:11:12.5"`, "TIMETZ '10:11:12+02'": `"10:11:12+02:00"`,
		"TIMESTAMP '2026-01-02 03:04:05.678901'": `"2026-01-02T03:04:05.678901Z"`, "TIMESTAMPTZ '2026-01-02 03:04:05+02'": `"2026-01-02T01:04:05Z"`,
		"TIMESTAMP_S '2026-01-02 03:04:05'": `"2026-01-02T03:04:05Z"`, "TIMESTAMP_MS '2026-01-02 03:04:05.5'": `"2026-01-02T03:04:05.5Z"`,
		"TIMESTAMP_NS '2026-01-02 03:04:05.123456789'": `"2026-01-02T03:04:05.123456789Z"`,
		"INTERVAL '1 month 2 days 3 hours'":            `"1 months 2 days 3h0m0s"`,
		"'5d4f0d3e-1111-2222-3333-444455556666'::UUID": `"5d4f0d3e-1111-2222-3333-444455556666"`,
		`'{"a": 1}'::BLOB`:                             `"{\"a\": 1}"`, `'\xFF\x00'::BLOB`: `"ff00"`, `'\x01a'::BLOB`: `"0161"`,
		"'x'::ENUM('x', 'y')": `"x"`, `'{"a": [1]}'::JSON`: `{"a":[1]}`,
		"[1, 2, NULL]": "[1,2,null]", "[]": "[]", "[1, 2]::INTEGER[2]": "[1,2]", "[1.5, 'inf'::DOUBLE]": "[1.5,null]",
		"{'a': 1, 'b': {'c': TIMESTAMP '2026-01-02 03:04:05'}}": `{"a":1,"b":{"c":"2026-01-02T03:04:05Z"}}`,
		"MAP([1, 2], ['nan'::DOUBLE, 1])":                       `{"1":null,"2":1}`,
		"union_value(a := 'nan'::DOUBLE)":                       "null", "union_value(a := [2])": "[2]",
	} {
		t.Run(sql, func(t *testing.T) {
			if got := asText(t, s, "SELECT "+sql); got != "[["+want+"]]" {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
	for _, sql := range []string{"MAP(['a'::BLOB], [2])", "MAP([[1]], [2])", "'101'::BIT"} {
		if _, err := s.Query(t.Context(), "SELECT "+sql, 1); err == nil {
			t.Errorf("%s was read", sql)
		}
	}
	if got := asText(t, s, "SELECT 1"); got != "[[1]]" {
		t.Errorf("afterwards: %s", got)
	}
}
