import type { ComponentChildren } from "preact";
import { percent } from "../format/odds";
import { clockSeconds, dayName, ms, utc } from "../format/time";
import { api } from "../wire/api";
import { Failure, Notice } from "../ui/notice";
import { useResource, type Resource } from "../ui/resource";

const refresh = 10_000;

/** What could not be read, with its reason, its bytes and its place. */
export function Quarantine() {
  const resource = useResource(api.quarantine, [], refresh);
  return (
    <Queue
      name="Quarantine"
      about="the latest 50 records that could not be read"
      empty="Nothing is quarantined"
      columns={["Seen", "Source", "Path", "Place", "Reason", "Bytes"]}
      resource={resource}
      row={(row) => (
        <>
          <Seen time={row.seen_time} />
          <td>{row.source}</td>
          <td>
            <code>{row.path}</code>
          </td>
          <td>
            <code>{row.place}</code>
          </td>
          <td class="wrap">{row.reason}</td>
          <td>
            {row.body && (
              <details>
                <summary>{row.body.length} characters</summary>
                <pre class="body">{row.body}</pre>
              </details>
            )}
          </td>
        </>
      )}
    />
  );
}

/** Sightings that could not be matched with certainty and wait for a person. */
export function Reviews() {
  const resource = useResource(api.reviews, [], refresh);
  return (
    <Queue
      name="Identity reviews"
      about="the latest 50 sightings that no fixture or team fits with certainty"
      empty="Every sighting is matched"
      columns={["Seen", "League", "Source", "Subject", "Name as written", "Best candidate", "Fit", "Reason"]}
      resource={resource}
      row={(row) => (
        <>
          <Seen time={row.seen_time} />
          <td>{row.league}</td>
          <td>{row.source}</td>
          <td>{row.subject}</td>
          <td class="wrap" title={row.source_id}>
            {row.name}
          </td>
          <td>{row.candidate ? <code>{row.candidate}</code> : <span class="muted">none</span>}</td>
          <td class="number">{percent(row.score)}</td>
          <td class="wrap">{row.reason}</td>
        </>
      )}
    />
  );
}

interface QueueProps<T> {
  name: string;
  about: string;
  empty: string;
  columns: string[];
  resource: Resource<{ rows: T[] | null }>;
  row: (row: T) => ComponentChildren;
}

function Queue<T>({ name, about, empty, columns, resource, row }: QueueProps<T>) {
  const rows = resource.data?.rows ?? [];
  return (
    <section class="panel" aria-label={name}>
      <div class="panel-head">
        <h2>{name}</h2>
        <span class="muted">{about}</span>
      </div>
      {resource.error && <Failure error={resource.error} />}
      {rows.length === 0 && !resource.error && <Notice title={resource.loading ? "Loading" : empty} />}
      {rows.length > 0 && (
        <div class="scroll">
          <table class="data">
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((item, i) => (
                <tr key={i}>{row(item)}</tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Seen({ time }: { time: string }) {
  return (
    <td title={utc(time)}>
      {dayName(ms(time))} {clockSeconds(ms(time))}
    </td>
  );
}
