import { useEffect } from "preact/hooks";
import { ApiError } from "../wire/api";
import { Notice } from "../ui/notice";
import { useAnswer } from "./answer";
import { calculators, type Calculator } from "./calculators";
import { Fields, Outcomes } from "./fields";
import { placeOf, queryOf } from "./form";
import { Fault } from "./parts";
import { calculator, inputsFor } from "./state";

/** The calculators over the API's tools: one form and its answer at a time. */
export function ToolsView() {
  const shown = calculator.value;
  useEffect(() => {
    document.title = `${shown ? shown.name + " · " : ""}Tools · BetFlow`;
    return () => void (document.title = "BetFlow");
  }, [shown]);
  return (
    <div class="page">
      <h1>Tools</h1>
      <nav class="chips" aria-label="Calculators">
        {calculators.map((one) => (
          <a key={one.id} class="chip" href={"/tools/" + one.id} aria-current={one === shown ? "page" : undefined}>
            {one.name}
          </a>
        ))}
      </nav>
      {shown ? <Tool key={shown.id} calculator={shown} /> : <Notice title="There is no such calculator" />}
    </div>
  );
}

function Tool({ calculator }: { calculator: Calculator }) {
  const inputs = inputsFor(calculator);
  const query = queryOf(calculator, inputs.value);
  const { data, error, loading } = useAnswer<unknown>(calculator.path, query);
  const place = error instanceof ApiError ? placeOf(error.message, calculator, inputs.value) : undefined;
  const fault = error && { message: sentence(error.message), place };
  const { Answer } = calculator;
  return (
    <div class="tool">
      <form class="panel" aria-label={calculator.name} onSubmit={(event) => event.preventDefault()}>
        <p class="tool-about">{calculator.about}</p>
        <Outcomes form={calculator} inputs={inputs} fault={fault} />
        <Fields form={calculator} inputs={inputs} fault={fault} />
        {fault && !fault.place && <Fault message={fault.message} />}
      </form>
      <section class="panel answer" aria-label="Answer" aria-busy={loading}>
        {data ? <Answer answer={data} /> : <Notice title={loading ? "Asking" : "No answer to this"} />}
      </section>
    </div>
  );
}

/** The API writes errors in lower case and without a full stop. */
const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1) + (text.endsWith(".") ? "" : ".");
