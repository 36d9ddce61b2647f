import type { TopicStatus } from "../wire/types";

/** A topic's place in the table: those of leagues, such as quotes.nhl, stand in a row a league. */
interface Grid {
  kinds: string[];
  leagues: string[];
  cells: Map<string, TopicStatus>;
  others: TopicStatus[];
}

/** What the log holds, a row for each league, and how far behind its slowest readers are. */
export function Topics({ topics }: { topics: TopicStatus[] }) {
  const { kinds, leagues, cells, others } = gridOf(topics);
  return (
    <section class="panel" aria-label="Topics">
      <div class="panel-head">
        <h2>Topics</h2>
        <span class="muted">records, the ticks of the clock among them; ▲ a reader is that far behind</span>
      </div>
      <div class="topics">
        <div class="scroll">
          <table class="data">
            <thead>
              <tr>
                <th scope="col">League</th>
                {kinds.map((kind) => (
                  <th key={kind} scope="col" class="number">
                    {kind}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {leagues.map((league) => (
                <tr key={league}>
                  <th scope="row">{league}</th>
                  {kinds.map((kind) => (
                    <Records key={kind} topic={cells.get(`${kind}.${league}`)} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <div class="scroll">
          <table class="data">
            <thead>
              <tr>
                <th scope="col">Topic</th>
                <th scope="col" class="number">
                  records
                </th>
              </tr>
            </thead>
            <tbody>
              {others.map((topic) => (
                <tr key={topic.topic}>
                  <th scope="row">{topic.topic}</th>
                  <Records topic={topic} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </section>
  );
}

/** Fewer records than this are on their way rather than behind. */
const behind = 1_000;

function Records({ topic }: { topic: TopicStatus | undefined }) {
  if (!topic) return <td class="number muted">–</td>;
  return (
    <td class="number" title={`${topic.topic}: ${topic.lag.toLocaleString("en")} records behind`}>
      {topic.lag >= behind && <span class="lag">▲{topic.lag.toLocaleString("en")} </span>}
      {topic.records.toLocaleString("en")}
    </td>
  );
}

/** Sorts topics into the table: a league is what follows "quotes.". */
export function gridOf(topics: TopicStatus[]): Grid {
  const leagues = topics.filter((t) => t.topic.startsWith("quotes.")).map((t) => t.topic.slice("quotes.".length));
  const cells = new Map<string, TopicStatus>();
  const kinds = new Set<string>();
  const others: TopicStatus[] = [];
  for (const topic of topics) {
    const [kind, rest] = topic.topic.split(".", 2);
    if (rest !== undefined && leagues.includes(rest)) {
      cells.set(topic.topic, topic);
      kinds.add(kind);
    } else {
      others.push(topic);
    }
  }
  return { kinds: [...kinds], leagues, cells, others };
}
