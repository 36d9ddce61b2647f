package main

import (
	"encoding/json"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/betflow/betflow/bench/load"
)

// results are what one run of the command has measured.
type results struct {
	Machine    machine       `json:"machine"`
	Load       load.Load     `json:"load"`
	Pace       pace          `json:"pace"`
	Throughput []*throughput `json:"throughput,omitempty"`
	Latency    []*latency    `json:"latency,omitempty"`
	Scale      []scale       `json:"scale,omitempty"`
}

// write prints the tables, and the file if it has a name.
func (r *results) write(file string) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	if len(r.Throughput) > 0 {
		fmt.Fprintln(w, "engine\tquotes/s\tper CPU s\twarm per CPU s\tseconds\tCPU s\tbroker CPU s\tpeak MiB\t")
	}
	for _, t := range r.Throughput {
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.0f\t%.1f\t%.1f\t%.1f\t%.0f\t\n", t.Engine, t.Rate, t.PerCPU, t.WarmPerCPU, t.Seconds, t.CPU, t.BrokerCPU, t.PeakMemory)
	}
	if len(r.Latency) > 0 {
		fmt.Fprintln(w, "\nengine\tquotes/s\tp50 ms\tp99 ms\tmax ms\trows\tcores\tpeak MiB\t")
	}
	for _, l := range r.Latency {
		fmt.Fprintf(w, "%s\t%.0f\t%.1f\t%.1f\t%.1f\t%d\t%.2f\t%.0f\t\n", l.Engine, l.Rate, l.P50, l.P99, l.Max, l.Rows, l.CPU, l.Memory)
	}
	if len(r.Scale) > 0 {
		fmt.Fprintln(w, "\npartitions\treplicas\tseries\tquotes/s\tper CPU s\twarm per CPU s\trows\tpeak MiB\t")
	}
	for _, s := range r.Scale {
		fmt.Fprintf(w, "%d\t%d\t%d\t%.0f\t%.0f\t%.0f\t%d\t%.0f\t\n", s.Partitions, s.Replicas, s.Series, s.Rate, s.PerCPU, s.WarmPerCPU, s.Rows, s.PeakMemory)
	}
	if err := w.Flush(); err != nil || file == "" {
		return err
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
