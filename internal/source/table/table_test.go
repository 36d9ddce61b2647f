package table_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/betflow/betflow/internal/source/table"
)

func TestCellsAreFoundByNameAndMissingOnesAreMissing(t *testing.T) {
	f := open(t, "\ufeffa, b ,price\r\n1,,-110\r\n\r\n 2.5 ,x y,\r\n", "a", "b")
	type row struct {
		a, price float64
		b        string
	}
	var got []row
	for f.Next() {
		got = append(got, row{f.Number("a", 0, 10), f.American("price"), f.Text("b")})
	}
	if len(f.Defects()) != 0 || len(got) != 2 {
		t.Fatalf("%d rows, defects %v", len(got), f.Defects())
	}
	if got[0] != (row{1, 1 + 100.0/110, ""}) {
		t.Errorf("first row %+v", got[0])
	}
	if got[1].a != 2.5 || got[1].b != "x y" || !math.IsNaN(got[1].price) || table.Has(got[1].a, got[1].price) {
		t.Errorf("second row %+v", got[1])
	}
	if f.Text("no such column") != "" {
		t.Error("a column that is not there has text")
	}
}

func TestFilesOfOldSpreadsheets(t *testing.T) {
	f := open(t, "a,b\r1,\"x\ry\"\r2,z\r")
	n := 0
	for f.Next() {
		n++
	}
	if n != 2 || len(f.Defects()) != 0 {
		t.Errorf("%d rows, %v", n, f.Defects())
	}
}

func TestDefectsSayWhereAndWhy(t *testing.T) {
	f := open(t, strings.Join([]string{
		"n,whole,price",
		"x,1,+150",
		"1,2.5,-50",
		"11,-1,abc",
		"1,2",
		"1,2,3,4",
		"3,3,+100",
		`4,"`, "",
	}, "\n"))
	rows := 0
	for f.Next() {
		rows++
		f.Number("n", 0, 10)
		f.Whole("whole", 0, 5)
		f.American("price")
	}
	f.Reject("", "the end")
	var got []string
	for _, d := range f.Defects() {
		got = append(got, d.Place+" "+d.Reason+" ["+string(d.Body)+"]")
	}
	want := []string{
		`t.csv:2:1 (n) "x" is not a number from 0 to 10 [x]`,
		`t.csv:3:3 (whole) "2.5" is not a whole number from 0 to 5 [2.5]`,
		`t.csv:3:7 (price) price "-50" is impossible: an american price is at least +100 or at most -100 [-50]`,
		`t.csv:4:1 (n) "11" is not a number from 0 to 10 [11]`,
		`t.csv:4:4 (whole) "-1" is not a whole number from 0 to 5 [-1]`,
		`t.csv:4:7 (price) price "abc" is impossible: it is not a number [abc]`,
		`t.csv:5:1 the row has another number of cells than the header: 2, not 3 [1,2]`,
		`t.csv:6:1 the row has another number of cells than the header: 4, not 3 [1,2,3,4]`,
		`t.csv:8:5 extraneous or missing " in quoted-field; the rest of the file is not read []`,
	}
	if rows != 4 {
		t.Errorf("%d rows", rows)
	}
	if len(got) != len(want)+1 { // and the end
		t.Fatalf("got %q", got)
	}
	for i, w := range want {
		if got[i] != w {
			t.Errorf("got  %s\nwant %s", got[i], w)
		}
	}
}

func TestHeadersMustMakeSense(t *testing.T) {
	for text, want := range map[string]error{
		"":          table.ErrNoHeader,
		"a,a,b\n":   table.ErrTwice,
		"a,c\n1,2":  table.ErrNoColumn,
		"a,\"b\n":   csv.ErrQuote,
		"b, a,\"\"": nil,
	} {
		_, err := table.Open("t.csv", []byte(text), "a", "b")
		if !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), "t.csv") {
			t.Errorf("%q: the error does not name the file: %v", text, err)
		}
	}
}

func TestLoadUnpacks(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, "a\n1\n")
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{
		"plain.csv": {Data: []byte("a\n1\n")}, "packed.csv.gz": {Data: packed.Bytes()},
		"wrong.csv.gz": {Data: []byte("a\n1\n")}, "short.csv.gz": {Data: packed.Bytes()[:packed.Len()-6]},
	}
	for _, name := range []string{"plain.csv", "packed.csv.gz"} {
		if text, err := table.Load(files, name); err != nil || string(text) != "a\n1\n" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	for _, name := range []string{"wrong.csv.gz", "short.csv.gz"} {
		if _, err := table.Load(files, name); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := table.Load(files, "none.csv"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none.csv: %v", err)
	}
}

// No text makes the reader panic, loop or lose a row: what is no row is a defect.
func FuzzTable(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a\r1\r2\r", "a,b\n\"1,2\n", "a,b\n1\n1,2,3\n", "\ufeffa\n\n\n-110\n", "a\n\x00\xff\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		table, err := table.Open("f.csv", text)
		if err != nil {
			return
		}
		rows := 0
		for table.Next() {
			rows++
			before := len(table.Defects())
			for _, c := range table.Columns() {
				if v := table.Number(c, -10, 10); v < -10 || v > 10 {
					t.Fatalf("%s is %g", c, v)
				}
				if p := table.American(c); p <= 1 {
					t.Fatalf("%s is the price %g", c, p)
				}
			}
			for _, d := range table.Defects()[before:] {
				if !strings.HasPrefix(d.Place, "f.csv:") || d.Reason == "" {
					t.Fatalf("%+v", d)
				}
			}
		}
		if rows > len(text) {
			t.Fatalf("%d rows in %d bytes", rows, len(text))
		}
	})
}

func open(t *testing.T, text string, required ...string) *table.Table {
	t.Helper()
	f, err := table.Open("t.csv", []byte(text), required...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
