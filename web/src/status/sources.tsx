import { ms, span, utc } from "../format/time";
import type { SourceStatus } from "../wire/types";
import { Notice } from "../ui/notice";

// A sign for each state, so that it never rests on colour alone.
const signs: Record<SourceStatus["state"], string> = { ok: "●", degraded: "▲", down: "✕", idle: "○" };

/** Every provider: whether it answers, what it has cost and what is left. */
export function Sources({ sources, now }: { sources: SourceStatus[]; now: number }) {
  return (
    <section class="panel" aria-label="Sources">
      <div class="panel-head">
        <h2>Sources</h2>
      </div>
      {sources.length === 0 ? (
        <Notice title="No source is configured" />
      ) : (
        <div class="scroll">
          <table class="data">
            <thead>
              <tr>
                <th scope="col">Source</th>
                <th scope="col">State</th>
                <th scope="col" class="number">
                  last answer
                </th>
                <th scope="col" class="number">
                  next
                </th>
                <th scope="col" class="number">
                  requests
                </th>
                <th scope="col" class="number">
                  retries
                </th>
                <th scope="col" class="number">
                  errors
                </th>
                <th scope="col">Quota left</th>
                <th scope="col">Last error</th>
              </tr>
            </thead>
            <tbody>
              {sources.map((source) => (
                <SourceRow key={source.source} source={source} now={now} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function SourceRow({ source, now }: { source: SourceStatus; now: number }) {
  const next = ms(source.next_fetch) - now;
  return (
    <tr>
      <th scope="row">{source.source}</th>
      <td class="source-state" data-state={source.state}>
        <span aria-hidden="true">{signs[source.state]}</span> {source.state}
      </td>
      <td class="number" title={utc(source.last_success)}>
        {source.last_success ? `${span(now - ms(source.last_success))} ago` : "never"}
      </td>
      <td class="number" title={utc(source.next_fetch)}>
        {Number.isFinite(next) ? (next > 0 ? `in ${span(next)}` : "due") : "–"}
      </td>
      <td class="number">{source.requests.toLocaleString("en")}</td>
      <td class="number">{source.retries.toLocaleString("en")}</td>
      <td class="number">{source.errors.toLocaleString("en")}</td>
      <td>
        <Quota quota={source.quota} />
      </td>
      <td class="wrap">
        {source.last_error || <span class="muted">none</span>}
        {source.hint && <div class="muted">{source.hint}</div>}
      </td>
    </tr>
  );
}

function Quota({ quota }: { quota: SourceStatus["quota"] }) {
  if (!quota || quota.remaining == null) return <span class="muted">not metered</span>;
  const used = quota.used ?? 0;
  const total = quota.remaining + used;
  return (
    <span class="quota">
      <meter min={0} max={total} low={total * 0.2} optimum={total} value={quota.remaining}>
        {quota.remaining} of {total}
      </meter>{" "}
      {quota.remaining.toLocaleString("en")} of {total.toLocaleString("en")}
      {quota.last != null && <span class="muted"> · last cost {quota.last}</span>}
    </span>
  );
}
