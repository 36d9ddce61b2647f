import { oddsFormats, type OddsFormat } from "../format/odds";
import { clockSeconds, fullDate, zone } from "../format/time";
import { board } from "../state/board";
import { logNow } from "../state/clock";
import { oddsFormat, theme, type Theme } from "../state/prefs";
import { route, type Route } from "../state/route";
import { connection, type Connection } from "../wire/stream";
import type { Mode } from "../wire/types";

/** The bar on top of every view: where to go, what is being watched and how it is written. */
export function Header() {
  return (
    <header class="header">
      <a class="brand" href="/">
        BetFlow
      </a>
      <nav aria-label="Views">
        <NavLink href="/" view="board" label="Board" />
        <NavLink href="/signals" view="signals" label="Signals" count={board.signals.index.value.size} />
        <NavLink href="/tools" view="tools" label="Tools" />
        <NavLink href="/status" view="status" label="Status" />
        <NavLink href="/sql" view="sql" label="SQL" />
      </nav>
      <div class="header-state">
        <ModeBadge />
        <ConnectionBadge />
        <Clock />
      </div>
      <div class="header-settings">
        <label>
          <span class="visually-hidden">Odds format</span>
          <select
            value={oddsFormat.value}
            onChange={(event) => (oddsFormat.value = event.currentTarget.value as OddsFormat)}
          >
            {oddsFormats.map((format) => (
              <option key={format.id} value={format.id}>
                {format.label}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="visually-hidden">Theme</span>
          <select value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value as Theme)}>
            <option value="system">Auto</option>
            <option value="light">Light</option>
            <option value="dark">Dark</option>
          </select>
        </label>
      </div>
    </header>
  );
}

interface NavLinkProps {
  href: string;
  view: Route["view"];
  label: string;
  count?: number;
}

function NavLink({ href, view, label, count }: NavLinkProps) {
  return (
    <a href={href} aria-current={route.value.view === view ? "page" : undefined}>
      {label}
      {count !== undefined && count > 0 && <span class="count"> {count}</span>}
    </a>
  );
}

const connectionWords: Record<Connection, string> = {
  connecting: "connecting",
  live: "connected",
  reconnecting: "reconnecting",
  resync: "resyncing",
};

function ConnectionBadge() {
  const state = connection.value;
  return (
    <span class="badge connection" data-state={state} role="status">
      <span class="dot" aria-hidden="true" />
      {connectionWords[state]}
    </span>
  );
}

function ModeBadge() {
  const mode = board.mode.value;
  if (!mode) return null;
  return (
    <span class="badge mode" data-source={mode.source} title={mode.name ?? undefined}>
      {modeWords(mode)}
    </span>
  );
}

/** What the numbers on the page are, in the fewest words that stay honest. */
export function modeWords(mode: Mode): string {
  const speed = mode.speed > 0 ? `${mode.speed}×` : "at full speed";
  switch (mode.source) {
    case "live":
      return "live sources";
    case "simulator":
      return mode.speed === 1 ? "simulated data" : `simulated data ${speed}`;
    case "replay":
      return `replay ${speed}`;
  }
}

function Clock() {
  const now = logNow.value;
  if (now === 0) return null;
  return (
    <time class="clock" dateTime={new Date(now).toISOString()} title={`The log's clock: ${new Date(now).toISOString()}`}>
      <span class="clock-day">{fullDate(now)} </span>
      {clockSeconds(now)} <span class="clock-zone">{zone(now)}</span>
    </time>
  );
}
