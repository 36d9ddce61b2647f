import type { ComponentChildren } from "preact";
import type { SignalTab } from "../state/prefs";

const heads: Record<SignalTab, readonly [name: string, about?: string][]> = {
  open: [
    ["Rule"],
    ["Fixture and market"],
    ["Value", "What the rule measures, in its unit"],
    ["Fair", "The price and probability that are fair by the other books' consensus"],
    ["EV", "Expected profit for each unit staked, if the fair probability is right"],
    ["Kelly", "Share of a bankroll, by the rule's fraction of Kelly"],
    ["Books", "How many books stand behind it: the sample"],
    ["Legs: side, book, price, age"],
  ],
  closed: [["Rule"], ["Fixture and market"], ["Last value"], ["Why it ended"], ["Legs, as they were last"]],
  dropped: [["Rule"], ["Fixture and market"], ["Value"], ["Why it is not real"], ["Legs, as they were seen"]],
};

/** The frame of rows of signals. */
export function SignalTable({ tab, label, children }: { tab: SignalTab; label: string; children: ComponentChildren }) {
  return (
    <div class="signals" role="table" aria-label={label}>
      <div class="signal signal-head" role="row" data-tab={tab}>
        {heads[tab].map(([name, about]) => (
          <div key={name} role="columnheader" title={about}>
            {name}
          </div>
        ))}
      </div>
      {children}
    </div>
  );
}
