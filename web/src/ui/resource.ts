import { useEffect, useState } from "preact/hooks";

/** What a request has brought so far. A failed refresh keeps the last data beside its error. */
export interface Resource<T> {
  data?: T;
  error?: Error;
  loading: boolean;
}

/**
 * Loads when a dependency changes, and then again every so many milliseconds.
 * A slow answer delays the next request rather than piling up on it.
 */
export function useResource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  dependencies: readonly unknown[],
  every = 0,
): Resource<T> {
  const [resource, setResource] = useState<Resource<T>>({ loading: true });
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    setResource({ loading: true });
    const run = async () => {
      try {
        const data = await load(abort.signal);
        if (!abort.signal.aborted) setResource({ data, loading: false });
      } catch (error) {
        if (!abort.signal.aborted) setResource((last) => ({ data: last.data, error: error as Error, loading: false }));
      }
      if (every > 0 && !abort.signal.aborted) timer = setTimeout(run, every);
    };
    void run();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, dependencies);
  return resource;
}
