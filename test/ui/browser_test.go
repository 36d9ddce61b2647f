//go:build ui

package ui

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browse starts a headless browser that lives as long as the test.
func browse(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("there is no chromium and no google-chrome on the PATH: on Debian, apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en-GB"),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		end()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	return ctx
}

// tab is a page in the browser.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu   sync.Mutex
	said []string // warnings, errors and exceptions of the page
}

// open opens an address in a tab of its own.
func open(t *testing.T, browser context.Context, url string, width, height int64) *tab {
	t.Helper()
	ctx, end := chromedp.NewContext(browser, chromedp.WithNewWindow(true)) // a tab behind another would not paint
	t.Cleanup(end)
	p := &tab{t: t, ctx: ctx}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return // the tab is closed
			}
			if m.IsException() || m.Type == "error" || m.Type == "warning" {
				p.mu.Lock()
				p.said = append(p.said, fmt.Sprintf("%s (%s)", m, m.URL))
				p.mu.Unlock()
			}
		}
	}()
	p.size(width, height)
	p.visit(url)
	return p
}

func (p *tab) visit(url string) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.Navigate(url)); err != nil {
		p.t.Fatalf("opening %s: %v", url, err)
	}
}

func (p *tab) size(width, height int64) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.EmulateViewport(width, height)); err != nil {
		p.t.Fatalf("sizing the page: %v", err)
	}
}

// still makes the system's colours light or dark, and asks for less motion.
func (p *tab) still(scheme string) {
	p.t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, media); err != nil {
		p.t.Fatalf("setting the colours: %v", err)
	}
}

// silent fails the test if the page has warned, complained or broken.
func (p *tab) silent() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range p.said {
		p.t.Errorf("the console says: %s", text)
	}
}

// forgive forgets what the browser notes of answers that were asked to be
// errors.
func (p *tab) forgive(path string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said = slices.DeleteFunc(p.said, func(text string) bool { return strings.Contains(text, path) })
}

// read evaluates an expression in the page.
func read[T any](p *tab, expression string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("evaluating %s: %v", expression, err)
	}
	return value
}

// until waits for an expression to become true.
func (p *tab) until(what, expression string, within time.Duration) {
	p.t.Helper()
	eventually(p.t, what, within, func() bool { return read[bool](p, "Boolean("+expression+")") })
}

// click clicks the element of a selector with that text; an empty text is any.
func (p *tab) click(selector, text string) {
	p.t.Helper()
	script := fmt.Sprintf(`(() => {
		const element = [...document.querySelectorAll(%q)].find((e) => %q === "" || e.textContent.trim() === %q);
		element?.click();
		return Boolean(element);
	})()`, selector, text, text)
	if !read[bool](p, script) {
		p.t.Fatalf("there is no %s with the text %q to click", selector, text)
	}
}

// choose picks an option of a select, found by the text of its label.
func (p *tab) choose(label, option string) {
	p.t.Helper()
	script := fmt.Sprintf(`(() => {
		const select = [...document.querySelectorAll("label")].find((l) => l.textContent.trim().startsWith(%q))?.querySelector("select");
		if (!select || ![...select.options].some((o) => o.value === %q)) return false;
		select.value = %q;
		select.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`, label, option, option)
	if !read[bool](p, script) {
		p.t.Fatalf("there is no select %q with the option %q", label, option)
	}
}

// write replaces the text of a field as a person would.
func (p *tab) write(selector, text string) {
	p.t.Helper()
	script := fmt.Sprintf(`(() => {
		const field = document.querySelector(%q);
		field.value = %q;
		field.dispatchEvent(new Event("input", { bubbles: true }));
		return true;
	})()`, selector, text)
	read[bool](p, script)
}

// texts lists the texts of all elements of a selector.
func (p *tab) texts(selector string) []string {
	p.t.Helper()
	return read[[]string](p, fmt.Sprintf(`[...document.querySelectorAll(%q)].map((e) => e.textContent.trim())`, selector))
}

// count counts the elements of a selector.
func (p *tab) count(selector string) int {
	p.t.Helper()
	return read[int](p, fmt.Sprintf(`document.querySelectorAll(%q).length`, selector))
}

// overflows tells what is wider than the page, if anything is.
func (p *tab) overflows() string {
	p.t.Helper()
	wide := read[[]string](p, `document.documentElement.scrollWidth <= innerWidth ? [] :
		[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth).map((e) => e.className || e.tagName).slice(0, 5).map(String)`)
	return strings.Join(wide, ", ")
}
