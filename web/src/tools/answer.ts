import { useEffect, useState } from "preact/hooks";
import { api } from "../wire/api";
import type { Resource } from "../ui/resource";

/** How long a hand must rest before the API is asked. */
const pause = 150;

/** The API's answer to a question that is being written. The last answer stays until the next, and goes with an error. */
export function useAnswer<A>(path: string, query: string): Resource<A> {
  const [answer, setAnswer] = useState<Resource<A>>({ loading: true });
  useEffect(() => {
    const abort = new AbortController();
    const ask = async () => {
      try {
        const data = await api.tool<A>(path, query, abort.signal);
        if (!abort.signal.aborted) setAnswer({ data, loading: false });
      } catch (error) {
        if (!abort.signal.aborted) setAnswer({ error: error as Error, loading: false });
      }
    };
    const timer = setTimeout(ask, pause);
    setAnswer((last) => ({ ...last, loading: true }));
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, query]);
  return answer;
}
