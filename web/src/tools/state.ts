import { computed, effect, signal, type Signal } from "@preact/signals";
import { route } from "../state/route";
import { calculators, type Calculator } from "./calculators";
import { inputsOf, queryOf, type Inputs } from "./form";

const written = new Map<string, Signal<Inputs>>();

/** What is written in a calculator's form, for as long as the page lives. */
export function inputsFor(calculator: Calculator): Signal<Inputs> {
  let inputs = written.get(calculator.id);
  if (!inputs) written.set(calculator.id, (inputs = signal(inputsOf(calculator, calculator.example))));
  return inputs;
}

/** The calculator that the address names: the first where it names none. */
export const calculator = computed<Calculator | undefined>(() => {
  const at = route.value;
  if (at.view !== "tools") return undefined;
  return at.tool === "" ? calculators[0] : calculators.find((one) => one.id === at.tool);
});

/** Takes up the question of an address that is opened. */
export function followQuestions(): void {
  effect(() => {
    const at = route.value;
    const shown = calculator.value;
    if (at.view !== "tools" || !shown) return;
    const inputs = inputsOf(shown, at.query);
    if (queryOf(shown, inputs) !== "") inputsFor(shown).value = inputs;
  });
}

/** The question of the calculator that is shown, as the query of its page. The example needs none. */
export function questionQuery(): string {
  const shown = calculator.value;
  if (!shown) return "";
  const query = queryOf(shown, inputsFor(shown).value);
  return query === shown.example ? "" : query;
}
