import { detailSentence, reasonName, ruleOf, subject, valueWords } from "../format/signals";
import { clockSeconds, ms, utc } from "../format/time";
import { board } from "../state/board";
import { api } from "../wire/api";
import type { Fixture, SignalRecord } from "../wire/types";
import { Failure } from "../ui/notice";
import { useResource } from "../ui/resource";
import { OpenRow } from "./row";
import { SignalTable } from "./table";

const refresh = 10_000;
const most = 20;

/** A fixture's signals: those that are open, and what came before them. */
export function SignalsPanel({ fixture }: { fixture: Fixture }) {
  const id = fixture.fixture_id;
  const open = board.signals.byFixture.value.get(id) ?? [];
  const { data, error } = useResource((signal) => api.signals({ fixture: id, limit: String(most) }, signal), [id], refresh);
  const past = (data?.rows ?? []).filter(({ state }) => state === "close" || state === "dropped");
  if (open.length + past.length === 0 && !error) return null;
  return (
    <section class="panel panel-wide" aria-label="Signals">
      <div class="panel-head">
        <h2>Signals</h2>
        <span class="muted">{open.length === 0 ? "none is open" : `${open.length} open`} · analytics, no advice</span>
      </div>
      {open.length > 0 && (
        <SignalTable tab="open" label="Open signals of this fixture">
          {open.map((id) => (
            <OpenRow key={id} id={id} />
          ))}
        </SignalTable>
      )}
      {error && <Failure error={error} />}
      {past.length > 0 && <Past rows={past} fixture={fixture} />}
    </section>
  );
}

function Past({ rows, fixture }: { rows: readonly SignalRecord[]; fixture: Fixture }) {
  const sport = board.leagues.value.get(fixture.league)?.sport;
  return (
    <details class="past">
      <summary>The last {rows.length} that closed or were dropped</summary>
      <div class="scroll">
        <table class="data">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Rule</th>
              <th scope="col">Market</th>
              <th scope="col" class="number">
                value
              </th>
              <th scope="col">What became of it</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((record) => (
              <tr key={record.signal_id}>
                <td title={utc(record.seen_time)}>{clockSeconds(ms(record.seen_time))}</td>
                <td>{ruleOf(record.rule).name}</td>
                <td>{subject(record, fixture, sport)}</td>
                <td class="number">{valueWords(record).join(" ")}</td>
                <td class="wrap">
                  {record.state === "dropped" ? "Dropped: " : "Closed: "}
                  {reasonName(record.reason).toLowerCase()}. {detailSentence(record)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
