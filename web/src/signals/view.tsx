import { computed } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { reasonName, rules } from "../format/signals";
import { board } from "../state/board";
import { leagueFilter, ruleFilter, signalTab, type SignalTab } from "../state/prefs";
import { api } from "../wire/api";
import { connection } from "../wire/stream";
import type { SignalRecord } from "../wire/types";
import { Chip, LeagueChips, toggled } from "../ui/chips";
import { Failure, Notice } from "../ui/notice";
import { useResource } from "../ui/resource";
import { OpenRow, SignalRow } from "./row";
import { SignalTable } from "./table";

/** What is worth a look in the prices, what was, and what only seemed so. */
export function SignalsView() {
  const tab = signalTab.value;
  useEffect(() => {
    document.title = "Signals · BetFlow";
    return () => void (document.title = "BetFlow");
  }, []);
  return (
    <div class="page">
      <h1>Signals</h1>
      <div class="filters">
        <Tabs />
        <RuleChips />
        <LeagueChips />
      </div>
      {tab === "open" ? <Open /> : <Past key={tab} tab={tab} />}
      <p class="explain">
        Signals describe prices: what the arithmetic found and the guards let pass. They are analytics and no advice, and
        BetFlow places no bets. A price may be gone, limited or voided before anybody takes it, a fair probability is an
        estimate, and most who act on either lose.
      </p>
    </div>
  );
}

const tabs: readonly { id: SignalTab; name: string }[] = [
  { id: "open", name: "Open" },
  { id: "closed", name: "Closed" },
  { id: "dropped", name: "Dropped" },
];

function Tabs() {
  return (
    <div class="chips" role="group" aria-label="Life">
      {tabs.map(({ id, name }) => (
        <Chip key={id} name={name} on={signalTab.value === id} onClick={() => (signalTab.value = id)} />
      ))}
    </div>
  );
}

/** How many signals of each rule are open. */
const counts = computed(() => {
  const all = [...board.signals.index.value.values()].map((record) => record.peek().rule);
  return new Map(rules.map(({ id }) => [id, all.filter((rule) => rule === id).length]));
});

function RuleChips() {
  return (
    <div class="chips" role="group" aria-label="Rules">
      {rules.map(({ id, name, about }) => {
        const count = signalTab.value === "open" ? (counts.value.get(id) ?? 0) : 0;
        return (
          <Chip
            key={id}
            name={
              <span title={about}>
                {name}
                {count > 0 && <span class="count"> {count}</span>}
              </span>
            }
            on={ruleFilter.value.includes(id)}
            onClick={() => (ruleFilter.value = toggled(ruleFilter.value, id))}
          />
        );
      })}
    </div>
  );
}

const kept = ({ rule, league }: SignalRecord) =>
  (ruleFilter.value.length === 0 || ruleFilter.value.includes(rule)) &&
  (leagueFilter.value.length === 0 || leagueFilter.value.includes(league));

/** The open signals that the filters leave. It changes when one opens or closes. */
const shown = computed(() => board.signals.ids.value.filter((id) => kept(board.signals.index.value.get(id)!.peek())));

function Open() {
  if (board.mode.value === null) {
    return <Notice title={connection.value === "connecting" ? "Waiting for the signals" : "The server does not answer yet"} />;
  }
  if (shown.value.length === 0) {
    return board.signals.index.value.size === 0 ? (
      <Notice title="No signal is open">
        Most of the time the market is in order. Dropped holds what only seemed to be one.
      </Notice>
    ) : (
      <Notice title="No open signal matches these filters">
        <button
          type="button"
          onClick={() => {
            ruleFilter.value = [];
            leagueFilter.value = [];
          }}
        >
          Clear the filters
        </button>
      </Notice>
    );
  }
  return (
    <SignalTable tab="open" label="Open signals">
      {shown.value.map((id) => (
        <OpenRow key={id} id={id} />
      ))}
    </SignalTable>
  );
}

const refresh = 10_000;
const most = 300;

/** Those that have ended, or never were: they come by request, not with the stream. */
function Past({ tab }: { tab: "closed" | "dropped" }) {
  const query: Record<string, string> = { state: tab === "closed" ? "close" : "dropped", limit: String(most) };
  if (ruleFilter.value.length > 0) query.rule = ruleFilter.value.join(",");
  if (leagueFilter.value.length > 0) query.league = leagueFilter.value.join(",");
  const { data, error, loading } = useResource(
    (signal) => api.signals(query, signal),
    [tab, query.rule, query.league],
    refresh,
  );
  const rows = data?.rows ?? [];
  const [reason, setReason] = useState<string>();
  const chosen = rows.some((record) => record.reason === reason) ? reason : undefined;
  return (
    <>
      {tab === "dropped" && (
        <p class="explain">
          What the arithmetic found and a guard refused, and why: a tool without guards would have told you these were
          chances.
        </p>
      )}
      {error && <Failure error={error} />}
      {rows.length === 0 && !error && (
        <Notice title={loading ? "Loading" : tab === "closed" ? "No signal has closed yet" : "Nothing was dropped yet"} />
      )}
      {rows.length > 0 && (
        <>
          <Reasons rows={rows} chosen={chosen} onChoose={setReason} />
          <SignalTable tab={tab} label={tab === "closed" ? "Closed signals" : "Dropped candidates"}>
            {rows.filter((record) => chosen === undefined || record.reason === chosen).map((record) => (
              <SignalRow key={record.signal_id} record={record} tab={tab} />
            ))}
          </SignalTable>
        </>
      )}
    </>
  );
}

interface ReasonsProps {
  rows: readonly SignalRecord[];
  chosen: string | undefined;
  onChoose: (reason: string | undefined) => void;
}

/** How often each reason was given, the most frequent first, and a choice among them. */
function Reasons({ rows, chosen, onChoose }: ReasonsProps) {
  const byReason = [...Map.groupBy(rows, ({ reason }) => reason ?? "")].sort(([, a], [, b]) => b.length - a.length);
  return (
    <div class="reasons">
      <span class="muted">Of {rows.length === most ? `the latest ${most}` : rows.length}</span>
      <div class="chips" role="group" aria-label="Reasons">
        {byReason.map(([reason, list]) => (
          <Chip
            key={reason}
            name={`${reasonName(reason)} ${list.length}`}
            on={reason === chosen}
            onClick={() => onChoose(reason === chosen ? undefined : reason)}
          />
        ))}
      </div>
    </div>
  );
}
