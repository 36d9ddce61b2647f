import type { Discovery, Models } from "./analysis";
import type {
  FixtureDetail,
  Movement,
  QuarantineRow,
  QueryResult,
  ReviewRow,
  SignalRecord,
  Status,
  WindowRow,
} from "./types";

/** An answer of the API that was no success: what was wrong and what to do. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly hint?: string,
  ) {
    super(message);
  }
}

async function request<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    if (init?.signal?.aborted) throw cause;
    throw new ApiError("The server does not answer.", 0, "Check that betflow is still running.");
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) {
    const message = body?.error ?? `The server answered ${response.status} ${response.statusText}.`;
    throw new ApiError(message, response.status, body?.hint);
  }
  if (body === null) throw new ApiError("The server's answer was not JSON.", response.status);
  return body as T;
}

/** Which prices of a fixture a chart shows. */
export interface Selection {
  market: string;
  period: string;
  line: number | null;
  outcome: string;
}

function params(selection: Selection, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    market: selection.market,
    period: selection.period,
    outcome: selection.outcome,
    ...more,
  });
  if (selection.line !== null) query.set("line", String(selection.line));
  return query.toString();
}

const fixturePath = (id: string) => `/api/v1/fixtures/${encodeURIComponent(id)}`;

export const api = {
  fixture: (id: string, signal: AbortSignal) => request<FixtureDetail>(fixturePath(id), { signal }),

  movement: (id: string, selection: Selection, signal: AbortSignal) =>
    request<Movement>(`${fixturePath(id)}/movement?${params(selection)}`, { signal }),

  windows: (id: string, selection: Selection, book: string, size: string, signal: AbortSignal) =>
    request<{ rows: WindowRow[] | null }>(`${fixturePath(id)}/windows?${params(selection, { book, size })}`, {
      signal,
    }),

  models: (id: string, signal: AbortSignal) => request<Models>(`${fixturePath(id)}/models`, { signal }),

  discovery: (id: string, market: string, signal: AbortSignal) =>
    request<Discovery>(`${fixturePath(id)}/discovery?${new URLSearchParams({ market })}`, { signal }),

  signals: (query: Record<string, string>, signal: AbortSignal) =>
    request<{ rows: SignalRecord[] | null }>(`/api/v1/signals?${new URLSearchParams(query)}`, { signal }),

  status: (signal: AbortSignal) => request<Status>("/api/v1/status", { signal }),

  quarantine: (signal: AbortSignal) =>
    request<{ rows: QuarantineRow[] | null }>("/api/v1/quarantine?limit=50", { signal }),

  reviews: (signal: AbortSignal) => request<{ rows: ReviewRow[] | null }>("/api/v1/reviews?limit=50", { signal }),

  /** What a calculator answers; the query is its question. */
  tool: <A>(path: string, query: string, signal: AbortSignal) =>
    request<A>(`/api/v1/tools/${path}?${query}`, { signal }),

  query: (sql: string, signal: AbortSignal) =>
    request<QueryResult>("/api/v1/query", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sql }),
      signal,
    }),
};
