package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// usage is what a group of processes has used up to a moment.
type usage struct {
	at     time.Time
	cpu    time.Duration // user and system
	memory int64         // resident, bytes
}

// ticks of the kernel's accounting; Linux shows user space no other.
const clockTick = 10 * time.Millisecond

// usageOf adds up the live processes of a process group.
func usageOf(group int) usage {
	u := usage{at: time.Now()}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is right
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		// The name in parentheses may hold anything; behind it are state, parent, group.
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if len(fields) < 13 || fields[2] != strconv.Itoa(group) {
			continue
		}
		for _, field := range fields[11:13] {
			n, _ := strconv.ParseInt(field, 10, 64)
			u.cpu += time.Duration(n) * clockTick
		}
		u.memory += residentMemory(filepath.Dir(name))
	}
	return u
}

func residentMemory(dir string) int64 {
	text, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return 0
	}
	return kilobytes(text, "VmRSS:") << 10
}

// kilobytes finds a line such as "VmRSS:   1234 kB".
func kilobytes(text []byte, name string) int64 {
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) > 1 && fields[0] == name {
			n, _ := strconv.ParseInt(fields[1], 10, 64)
			return n
		}
	}
	return 0
}

// machine describes what the figures were measured on, without naming it.
type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory int64  `json:"memory_gib"`
	Load   string `json:"load_average"` // before the first engine
	Go     string `json:"go"`
}

func thisMachine(cores int) machine {
	m := machine{CPU: "unknown", Cores: cores, Go: runtime.Version()}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
				m.CPU = strings.TrimSpace(value)
				break
			}
		}
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		m.Memory = kilobytes(text, "MemTotal:") >> 20
	}
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load = strings.Join(strings.Fields(string(text))[:3], " ")
	}
	return m
}
