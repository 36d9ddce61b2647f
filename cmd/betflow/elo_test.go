package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"
)

func TestEloUnpacksFiles(t *testing.T) {
	const text = "date,home,away,home_score,away_score\n2024-09-08,Bears,Packers,24,17\n"
	dir := t.TempDir()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	answers := map[string]string{}
	for name, content := range map[string][]byte{"plain.csv": []byte(text), "packed.csv.gz": packed.Bytes()} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"elo", path, "--json"}, &out, &errs); code != 0 {
			t.Fatalf("%s: exit %d: %s", name, code, &errs)
		}
		answers[name] = out.String()
	}
	if answers["plain.csv"] != answers["packed.csv.gz"] {
		t.Errorf("%v", answers)
	}
}
