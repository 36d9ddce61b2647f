import type { ComponentChildren } from "preact";
import { formatPrice, percent, signedPercent } from "../format/odds";
import { calculatorHref, detailSentence, reasonName, ruleOf, subject, valueWords } from "../format/signals";
import { briefSpan, clockSeconds, dayName, ms, span, utc } from "../format/time";
import { title } from "../format/words";
import { board } from "../state/board";
import { logNow } from "../state/clock";
import { oddsFormat, type SignalTab } from "../state/prefs";
import { fixtureHref } from "../state/route";
import type { SignalRecord } from "../wire/types";
import { Legs } from "./legs";

/** An open signal. It renders again when it changes itself, or its fixture. */
export function OpenRow({ id }: { id: string }) {
  const record = board.signals.index.value.get(id)?.value;
  return record ? <SignalRow record={record} tab="open" /> : null;
}

/** One signal: what it says, of what, and what it rests on. */
export function SignalRow({ record, tab }: { record: SignalRecord; tab: SignalTab }) {
  const fixture = board.fixture(record.fixture_id)?.value;
  const league = board.leagues.value.get(record.league);
  const rule = ruleOf(record.rule);
  const [value, unit] = valueWords(record);
  const calculator = calculatorHref(record);
  return (
    <div class="signal" role="row" data-rule={record.rule} data-tab={tab}>
      <div class="signal-rule" role="cell">
        <span class="rule" title={rule.about}>
          {rule.name}
        </span>
        <When record={record} tab={tab} />
      </div>
      <div class="signal-subject" role="rowheader">
        <a href={fixtureHref(record.fixture_id)}>{fixture ? title(fixture, league) : record.fixture_id}</a>
        <span class="muted">
          {league?.name ?? record.league} · {subject(record, fixture, league?.sport)}
          {tab === "open" && calculator && (
            <>
              {" · "}
              <a href={calculator}>calculate</a>
            </>
          )}
        </span>
      </div>
      <Figure label="value" unit={unit} strong>
        {value}
      </Figure>
      {tab === "open" ? (
        <>
          <Figure label={record.rule === "middle" ? "chance" : "fair"} unit={record.fair != null ? percent(record.fair) : ""}>
            {record.fair ? formatPrice(1 / record.fair, oddsFormat.value) : "–"}
          </Figure>
          <Figure label="EV">{signedPercent(record.ev)}</Figure>
          <Figure label="Kelly">
            {/* Of what is certain it says "all": there the books' limits decide, and not a share. */}
            {record.kelly == null || record.kelly >= 1 ? "–" : percent(record.kelly, 2)}
          </Figure>
          <Figure label="books">{record.books}</Figure>
        </>
      ) : (
        <div class="signal-reason" role="cell">
          <strong>{reasonName(record.reason)}</strong>
          <span>{detailSentence(record)}</span>
        </div>
      )}
      <div role="cell">
        <Legs record={record} fixture={fixture} ended={tab !== "open"} />
      </div>
    </div>
  );
}

function When({ record, tab }: { record: SignalRecord; tab: SignalTab }) {
  const opened = ms(record.opened_time);
  const last = ms(record.seen_time);
  if (tab === "open") {
    return (
      <span class="muted" title={`opened ${utc(record.opened_time)}`}>
        open {span(logNow.value - opened)}
      </span>
    );
  }
  const day = dayName(last) === dayName(logNow.value) ? "" : dayName(last) + " ";
  return (
    <>
      <span class="muted" title={`opened ${utc(record.opened_time)}\n${tab} ${utc(record.seen_time)}`}>
        {day + clockSeconds(last)}
      </span>
      {tab === "closed" && <span class="muted">was open {briefSpan(last - opened)}</span>}
    </>
  );
}

interface FigureProps {
  label: string;
  unit?: string;
  strong?: boolean;
  children: ComponentChildren;
}

/** A number with its name, which a wide screen has in the table's head. */
function Figure({ label, unit, strong, children }: FigureProps) {
  return (
    <div class="figure" role="cell">
      <span class="figure-label">{label}</span>
      <span class={strong ? "figure-value strong" : "figure-value"}>{children}</span>
      {unit && <span class="figure-unit">{unit}</span>}
    </div>
  );
}
