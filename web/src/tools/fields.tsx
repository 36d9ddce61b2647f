import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { rowsOf, withCells, withField, type Column, type Field, type Form, type Inputs, type Place } from "./form";
import { Fault } from "./parts";

interface Props {
  form: Form;
  inputs: Signal<Inputs>;
  fault?: { message: string; place?: Place };
}

const faultId = "fault";

/** The most outcomes that a form takes: a field of horses or golfers. */
const mostRows = 40;

/**
 * The table of outcomes. There is always a blank row to write in, and one that
 * is cleared is no outcome. Enter goes down, a pasted list fills the rows below.
 */
export function Outcomes({ form, inputs, fault }: Props) {
  if (form.columns.length === 0) return null;
  const rows = rowsOf(form, inputs.value);
  const count = form.rows ? rows.length : Math.min(Math.max(2, rows.length + 1), mostRows);
  const wrong = fault?.place?.row === undefined ? undefined : fault.place;
  return (
    <>
      <table class="outcomes">
        <thead>
          <tr>
            <th scope="col">Outcome</th>
            {form.columns.map((column) => (
              <th key={column.name} scope="col">
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: count }, (_, row) => (
            <tr key={row}>
              <th scope="row">{rowName(form, row)}</th>
              {form.columns.map((column) => (
                <td key={column.name}>
                  <Cell
                    column={column}
                    row={row}
                    label={`${column.label}, ${rowName(form, row)}`}
                    inputs={inputs}
                    wrong={wrong?.name === column.name && wrong.row === row}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {wrong && <Fault id={faultId} message={fault!.message} />}
    </>
  );
}

/** What an outcome is called where nobody has named it. */
export function rowName(form: Form, row: number): string {
  return form.rows?.[row] ?? (row === 0 && form.first ? form.first : String(row + 1));
}

interface CellProps {
  column: Column;
  row: number;
  label: string;
  inputs: Signal<Inputs>;
  wrong: boolean;
}

function Cell({ column, row, label, inputs, wrong }: CellProps) {
  return (
    <input
      type="text"
      class="cell"
      autocomplete="off"
      spellcheck={false}
      aria-label={label}
      aria-invalid={wrong || undefined}
      aria-describedby={wrong ? faultId : undefined}
      placeholder={column.blank}
      value={inputs.value.columns[column.name][row] ?? ""}
      onInput={(event) => (inputs.value = withCells(inputs.value, column.name, row, [event.currentTarget.value]))}
      onPaste={(event) => {
        const texts = event.clipboardData?.getData("text").split(/[\s,;]+/).filter(Boolean) ?? [];
        if (texts.length < 2) return;
        event.preventDefault();
        inputs.value = withCells(inputs.value, column.name, row, texts);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === "ArrowDown") step(event, 1);
        else if (event.key === "ArrowUp") step(event, -1);
      }}
    />
  );
}

/** Moves to the cell of the same column some rows on. */
function step(event: KeyboardEvent, rows: number): void {
  const cell = (event.target as HTMLElement).closest("td")!;
  const row = cell.closest("tr")!;
  const next = rows > 0 ? row.nextElementSibling : row.previousElementSibling;
  (next as HTMLTableRowElement | null)?.cells[cell.cellIndex].querySelector("input")?.focus();
  event.preventDefault();
}

/** The inputs that are one for the whole question. */
export function Fields({ form, inputs, fault }: Props) {
  return (
    <div class="tool-fields">
      {form.fields.map((field) => {
        const wrong = fault?.place?.name === field.name && fault.place.row === undefined;
        return (
          <Labelled key={field.name} field={field}>
            <Input field={field} inputs={inputs} wrong={wrong} />
            {field.hint && <span class="hint">{field.hint}</span>}
            {wrong && <Fault id={faultId} message={fault!.message} />}
          </Labelled>
        );
      })}
    </div>
  );
}

function Labelled({ field, children }: { field: Field; children: ComponentChildren }) {
  // A bet is two inputs, which a single label cannot name.
  return field.kind === "bet" ? (
    <div class="tool-field" role="group" aria-label={field.label}>
      <span>{field.label}</span>
      {children}
    </div>
  ) : (
    <label class="tool-field" data-kind={field.kind}>
      <span>{field.label}</span>
      {children}
    </label>
  );
}

function Input({ field, inputs, wrong }: { field: Field; inputs: Signal<Inputs>; wrong: boolean }) {
  const text = inputs.value.fields[field.name];
  const write = (text: string) => (inputs.value = withField(inputs.value, field.name, text));
  const invalid = { "aria-invalid": wrong || undefined, "aria-describedby": wrong ? faultId : undefined };
  switch (field.kind) {
    case "choice":
      return (
        <select value={text} onChange={(event) => write(event.currentTarget.value)} {...invalid}>
          {field.options!.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      );
    case "check":
      return <input type="checkbox" checked={text === "true"} onChange={(event) => write(event.currentTarget.checked ? "true" : "")} />;
    case "bet": {
      const [stake, price = ""] = text.split("@");
      return (
        <span class="bet">
          <TextInput label="Stake" value={stake} onWrite={(stake) => write(`${stake}@${price}`)} {...invalid} />
          <span aria-hidden="true">at</span>
          <TextInput label="Price" value={price} onWrite={(price) => write(`${stake}@${price}`)} {...invalid} />
        </span>
      );
    }
    case "text":
      return <TextInput value={text} placeholder={field.placeholder} onWrite={write} {...invalid} />;
  }
}

interface TextInputProps {
  label?: string;
  value: string;
  placeholder?: string;
  onWrite: (text: string) => void;
  "aria-invalid"?: boolean;
  "aria-describedby"?: string;
}

function TextInput({ label, value, placeholder, onWrite, ...invalid }: TextInputProps) {
  return (
    <input
      type="text"
      autocomplete="off"
      spellcheck={false}
      aria-label={label}
      placeholder={placeholder}
      value={value}
      onInput={(event) => onWrite(event.currentTarget.value)}
      {...invalid}
    />
  );
}
