import { effect } from "@preact/signals";
import { questionQuery } from "../tools/state";
import { leagueFilter, oddsFormat, search, stateFilter } from "./prefs";
import { route } from "./route";

/** Keeps the address in step with what the page shows, so that a link shows the same. */
export function keepAddress(): void {
  effect(() => {
    const shown = new URLSearchParams();
    if (oddsFormat.value !== "decimal") shown.set("odds", oddsFormat.value);
    if (route.value.view === "board") {
      if (leagueFilter.value.length > 0) shown.set("league", leagueFilter.value.join(","));
      if (stateFilter.value !== "all") shown.set("state", stateFilter.value);
      if (search.value !== "") shown.set("q", search.value);
    }
    const query = [shown.toString(), questionQuery()].filter(Boolean).join("&");
    history.replaceState(history.state, "", location.pathname + (query && "?" + query) + location.hash);
  });
}
