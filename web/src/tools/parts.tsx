import type { ComponentChildren } from "preact";

/** The answer in a sentence, read out when it changes. */
export function Verdict({ children }: { children: ComponentChildren }) {
  return (
    <p class="verdict" role="status">
      {children}
    </p>
  );
}

/** The figures that are not an outcome's own. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ComponentChildren] | false | undefined)[] }) {
  return (
    <dl class="facts">
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact[0]}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** A table whose columns are numbers but for the first. */
export function Numbers({ heads, rows }: { heads: readonly string[]; rows: readonly (readonly ComponentChildren[])[] }) {
  return (
    <div class="scroll">
      <table class="data">
        <thead>
          <tr>
            {heads.map((head, i) => (
              <th key={head} scope="col" class={i > 0 ? "number" : undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...cells], i) => (
            <tr key={i}>
              <th scope="row">{name}</th>
              {cells.map((cell, j) => (
                <td key={j} class="number">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The API's reason, beside what it is about. */
export function Fault({ message, id }: { message: string; id?: string }) {
  return (
    <p class="fault" id={id} role="alert">
      {message}
    </p>
  );
}
