package hostile

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/betflow/betflow/test/scenario/program"
)

// body asks and returns what is answered, whatever the status.
func body(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// processed tells whether the tasks have taken in all that there is.
func processed(t *testing.T, at program.Addresses) bool {
	t.Helper()
	var tasks []struct {
		Inputs []struct {
			Taken int64
			Lag   *int64 `json:"lag_records"`
		}
	}
	if err := json.Unmarshal([]byte(body(t, at.HTTP+"/debug/tasks")), &tasks); err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		for _, in := range task.Inputs {
			if in.Taken == 0 || in.Lag == nil || *in.Lag > 0 {
				return false
			}
		}
	}
	return len(tasks) > 0
}
