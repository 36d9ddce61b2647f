import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../wire/api";
import type { QueryResult } from "../wire/types";
import { Failure, Notice } from "../ui/notice";
import { examples } from "./examples";

type Run = { state: "idle" } | { state: "running" } | { state: "done"; result: QueryResult } | { state: "failed"; error: Error };

/** A console on the hot store: reads, never writes. */
export function SqlView() {
  const [sql, setSql] = useState(examples[0].sql);
  const [run, setRun] = useState<Run>({ state: "idle" });
  const abort = useRef<AbortController | null>(null);
  useEffect(() => {
    document.title = "SQL · BetFlow";
    return () => {
      abort.current?.abort();
      document.title = "BetFlow";
    };
  }, []);

  const start = async () => {
    abort.current?.abort();
    const own = (abort.current = new AbortController());
    setRun({ state: "running" });
    try {
      const result = await api.query(sql, own.signal);
      if (!own.signal.aborted) setRun({ state: "done", result });
    } catch (error) {
      if (!own.signal.aborted) setRun({ state: "failed", error: error as Error });
    }
  };

  return (
    <div class="page">
      <h1>SQL</h1>
      <div class="chips" role="group" aria-label="Example queries">
        {examples.map((example) => (
          <button key={example.name} type="button" class="chip" onClick={() => setSql(example.sql)}>
            {example.name}
          </button>
        ))}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <textarea
          class="editor"
          aria-label="Query"
          spellcheck={false}
          autocomplete="off"
          rows={Math.max(8, sql.split("\n").length + 1)}
          value={sql}
          onInput={(event) => setSql(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              void start();
            }
          }}
        />
        <div class="sql-actions">
          <button type="submit" class="primary" disabled={run.state === "running"}>
            {run.state === "running" ? "Running" : "Run"}
          </button>
          <span class="muted">Ctrl-Enter runs. Times are in UTC.</span>
        </div>
      </form>
      <div aria-live="polite">
        {run.state === "failed" && <Failure error={run.error} />}
        {run.state === "done" && <Result result={run.result} />}
      </div>
    </div>
  );
}

function Result({ result }: { result: QueryResult }) {
  const rows = result.rows ?? [];
  const numeric = result.columns.map((_, i) => rows.length > 0 && rows.every((row) => row[i] === null || typeof row[i] === "number"));
  return (
    <section aria-label="Result">
      <p class="readout">
        {rows.length} {rows.length === 1 ? "row" : "rows"}
        {result.truncated && " (cut off: add a LIMIT or a condition to see the rest)"} in {result.elapsed_ms.toFixed(1)} ms
      </p>
      {rows.length === 0 ? (
        <Notice title="The query gives no rows" />
      ) : (
        <div class="scroll result">
          <table class="data">
            <thead>
              <tr>
                {result.columns.map((column, i) => (
                  <th key={i} scope="col" class={numeric[i] ? "number" : undefined}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, r) => (
                <tr key={r}>
                  {row.map((value, i) => (
                    <td key={i} class={numeric[i] ? "number" : undefined}>
                      <Value value={value} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span class="muted">null</span>;
  if (typeof value === "number") return <>{Number.isInteger(value) ? value : Number(value.toPrecision(8))}</>;
  return <>{typeof value === "object" ? JSON.stringify(value) : String(value)}</>;
}
