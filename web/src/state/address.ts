import { effect } from "@preact/signals";
import { questionQuery } from "../tools/state";
import { leagueFilter, oddsFormat, ruleFilter, search, signalTab, stateFilter } from "./prefs";
import { route } from "./route";

/** Keeps the address in step with what the page shows, so that a link shows the same. */
export function keepAddress(): void {
  effect(() => {
    const shown = new URLSearchParams();
    if (oddsFormat.value !== "decimal") shown.set("odds", oddsFormat.value);
    const view = route.value.view;
    if ((view === "board" || view === "signals") && leagueFilter.value.length > 0) {
      shown.set("league", leagueFilter.value.join(","));
    }
    if (view === "board") {
      if (stateFilter.value !== "all") shown.set("state", stateFilter.value);
      if (search.value !== "") shown.set("q", search.value);
    }
    if (view === "signals") {
      if (signalTab.value !== "open") shown.set("tab", signalTab.value);
      if (ruleFilter.value.length > 0) shown.set("rule", ruleFilter.value.join(","));
    }
    const query = [shown.toString(), questionQuery()].filter(Boolean).join("&");
    history.replaceState(history.state, "", location.pathname + (query && "?" + query) + location.hash);
  });
}
