import { useEffect } from "preact/hooks";
import { dayName, clockSeconds, ms, span, utc } from "../format/time";
import { api } from "../wire/api";
import type { Parity, Status } from "../wire/types";
import { Failure, Notice } from "../ui/notice";
import { modeWords } from "../ui/header";
import { useResource } from "../ui/resource";
import { Quarantine, Reviews } from "./queues";
import { Sources } from "./sources";
import { Tasks } from "./tasks";
import { Topics } from "./topics";

/** Whether the sources, the log and the pipeline do their work. */
export function StatusView() {
  const { data, error } = useResource(api.status, [], 2_000);
  useEffect(() => {
    document.title = "Status · BetFlow";
    return () => void (document.title = "BetFlow");
  }, []);
  return (
    <div class="page">
      <h1>Status</h1>
      {error && <Failure error={error} />}
      {!data && !error && <Notice title="Loading the status" />}
      {data && (
        <>
          <Summary status={data} />
          <Sources sources={data.sources ?? []} now={ms(data.now)} />
          <div class="panels">
            <Tasks tasks={data.tasks ?? []} />
            <Counters counters={data.counters ?? {}} />
          </div>
          <Topics topics={data.topics ?? []} />
        </>
      )}
      <Quarantine />
      <Reviews />
    </div>
  );
}

function Summary({ status }: { status: Status }) {
  const now = ms(status.now);
  const started = ms(status.started);
  const watermark = ms(status.watermark);
  return (
    <dl class="facts">
      <div>
        <dt>Reading</dt>
        <dd>
          {modeWords(status.mode)}
          {status.mode.name && ` of ${status.mode.name}`}
        </dd>
      </div>
      <div>
        <dt>Version</dt>
        <dd>{status.version}</dd>
      </div>
      <div>
        <dt>Started</dt>
        <dd title={utc(status.started)}>
          {dayName(started)} {clockSeconds(started)}
        </dd>
      </div>
      <div>
        <dt>Watermark</dt>
        <dd title={utc(status.watermark)}>
          {Number.isFinite(watermark) ? `${clockSeconds(watermark)}, ${span(now - watermark)} behind` : "none yet"}
        </dd>
      </div>
      {status.parity && <ParityFact parity={status.parity} />}
    </dl>
  );
}

/** How many finished windows were recomputed from the log, and whether any differs. */
function ParityFact({ parity }: { parity: Parity }) {
  const differs = parity.mismatches > 0;
  return (
    <div>
      <dt>Parity</dt>
      <dd
        class="source-state"
        data-state={differs ? "down" : "ok"}
        title={`${parity.unchecked.toLocaleString("en")} could not be checked`}
      >
        <span aria-hidden="true">{differs ? "✕" : "●"}</span>{" "}
        {differs
          ? `${parity.mismatches.toLocaleString("en")} of ${parity.checked.toLocaleString("en")} windows differ: see /debug/parity`
          : `${parity.checked.toLocaleString("en")} windows agree with the log`}
      </dd>
    </div>
  );
}

function Counters({ counters }: { counters: Record<string, number> }) {
  return (
    <section class="panel" aria-label="Counters">
      <div class="panel-head">
        <h2>Counters</h2>
        <span class="muted">since the start</span>
      </div>
      <table class="data">
        <tbody>
          {Object.entries(counters).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name.replaceAll("_", " ")}</th>
              <td class="number">{value.toLocaleString("en")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
