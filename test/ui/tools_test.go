//go:build ui

package ui

import (
	"strconv"
	"strings"
	"time"
)

const answered = `document.querySelector('.answer[aria-busy="false"] table, .answer[aria-busy="false"] .verdict')`

// tools asks every calculator, then one wrongly, and follows its address.
func tools(p *tab) {
	p.t.Helper()
	p.click("nav a", "Tools")
	p.until("the first calculator's answer", answered, 10*time.Second)
	names := p.texts(`[aria-label="Calculators"] a`)
	if len(names) != 8 {
		p.t.Errorf("the calculators are %s, want 8", names)
	}
	for _, name := range names {
		p.click(`[aria-label="Calculators"] a`, name)
		p.until("the answer of "+name, `document.querySelector('form[aria-label=`+strconv.Quote(name)+`]') && `+answered+` && !document.querySelector(".fault")`, 10*time.Second)
	}

	p.click(`[aria-label="Calculators"] a`, "Fair")
	p.until("its form", `document.querySelector('form[aria-label="Fair"] .cell')`, 5*time.Second)
	p.write(".cell", "+170")
	p.until("an answer to what was written", answered+`?.closest(".answer").textContent.includes("37.04%")`, 10*time.Second)
	for _, method := range []string{"multiplicative", "additive", "power", "shin", "oddsratio", "probit", "balanced", "goto", "jsd"} {
		if rows := strings.Join(p.texts(".answer th[scope=row]"), " "); !strings.Contains(rows, method) {
			p.t.Errorf("the methods are %s, want %s among them", rows, method)
		}
	}
	address := `location.pathname + location.search`
	p.until("the address to hold the question", `decodeURIComponent(`+address+`) === "/tools/fair?prices=+170,2.40,4.30"`, 5*time.Second)

	p.write(".cell", "0.5")
	p.until("the reason at the field", `document.querySelector('.cell[aria-invalid="true"]')?.value === "0.5" && document.getElementById(document.querySelector(".cell").getAttribute("aria-describedby")).textContent.includes("impossible")`, 10*time.Second)
	p.forgive("/api/v1/tools")

	p.visit(read[string](p, "location.origin") + "/tools/arb?prices=+105,+100&stake=100")
	p.until("the answer to a question in an address", answered+`?.textContent.includes("Arbitrage") && document.querySelector(".cell").value === "+105"`, 15*time.Second)
	focus := `(() => { const cell = document.querySelector(".cell"); cell.focus();
		cell.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
		return document.activeElement.getAttribute("aria-label"); })()`
	if at := read[string](p, focus); at != "Price, 2" {
		p.t.Errorf("Enter leads to %q, want the price below", at)
	}
	paste := `(() => { const data = new DataTransfer(); data.setData("text", "3.0, 3.4\t2.9");
		document.querySelector(".cell").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); return true; })()`
	read[bool](p, paste)
	p.until("a pasted list to fill the rows", `document.querySelectorAll(".outcomes tbody tr").length === 4 && document.querySelectorAll(".answer tbody tr").length === 3`, 10*time.Second)
}
