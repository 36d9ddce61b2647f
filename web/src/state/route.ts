import { signal } from "@preact/signals";

/** The view that the address names. */
export type Route =
  | { view: "board" }
  | { view: "fixture"; id: string }
  | { view: "signals" }
  | { view: "tools"; tool: string; query: string }
  | { view: "status" }
  | { view: "sql" }
  | { view: "unknown" };

export const route = signal<Route>(parse(location));

function parse({ pathname: path, search }: { pathname: string; search: string }): Route {
  if (path === "/") return { view: "board" };
  if (path === "/signals") return { view: "signals" };
  if (path === "/status") return { view: "status" };
  if (path === "/sql") return { view: "sql" };
  const fixture = /^\/fixtures\/([^/]+)$/.exec(path);
  if (fixture) return { view: "fixture", id: decodeURIComponent(fixture[1]) };
  const tool = /^\/tools(?:\/([^/]+))?$/.exec(path);
  if (tool) return { view: "tools", tool: decodeURIComponent(tool[1] ?? ""), query: search.slice(1) };
  return { view: "unknown" };
}

/** The address of a fixture's page. */
export const fixtureHref = (id: string) => `/fixtures/${encodeURIComponent(id)}`;

/** Turns clicks on links of this site into changes of view, without loading the page again. */
export function followLinks(): void {
  addEventListener("popstate", () => (route.value = parse(location)));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = (event.target as Element).closest("a");
    if (!link || link.origin !== location.origin || link.target || link.hasAttribute("data-native")) return;
    event.preventDefault();
    if (link.pathname !== location.pathname || link.search) {
      history.pushState(null, "", link.pathname + link.search);
      route.value = parse(link);
      scrollTo(0, 0);
    }
  });
}
