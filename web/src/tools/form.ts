// What a calculator asks. A form's inputs, the query of its page's address and
// that of the API's request are the same thing, so a link shows what its sender saw.

/** A parameter with one value for each outcome. */
export interface Column {
  name: string;
  label: string;
  /** What a cell that is left blank beside others means. */
  blank?: string;
}

/** A parameter with one value. A bet is a stake and a price, STAKE@PRICE. */
export interface Field {
  name: string;
  label: string;
  kind: "text" | "bet" | "choice" | "check";
  /** What a choice is between. The empty value is the API's own choice. */
  options?: readonly { value: string; label: string }[];
  placeholder?: string;
  hint?: string;
}

export interface Form {
  /** The table of outcomes; `rows` names them where their number is fixed. */
  columns: readonly Column[];
  rows?: readonly string[];
  /** The name of the first outcome, where it is another kind than the rest. */
  first?: string;
  fields: readonly Field[];
  /** What the form begins with. */
  example: string;
}

/** What is written in a form: a text for each field and a list of texts for each column. */
export interface Inputs {
  fields: Readonly<Record<string, string>>;
  columns: Readonly<Record<string, readonly string[]>>;
}

/** Reads inputs from a query. As in the API a plus stands for itself, as in +170. */
export function inputsOf(form: Form, query: string): Inputs {
  const given = new URLSearchParams(query.replaceAll("+", "%2B"));
  const text = (name: string) => given.get(name) ?? "";
  return {
    fields: Object.fromEntries(form.fields.map(({ name }) => [name, text(name)])),
    columns: Object.fromEntries(form.columns.map(({ name }) => [name, text(name) ? text(name).split(",") : []])),
  };
}

/** Writes inputs as a query. Rows that are blank, and blanks that mean nothing, are left out. */
export function queryOf(form: Form, inputs: Inputs): string {
  const rows = rowsOf(form, inputs).filter((row) => row.some((cell) => cell !== ""));
  const columns = form.columns
    .map(({ name, blank = "" }, i) => ({ name, cells: rows.map((row) => row[i]), blank }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""))
    .map(({ name, cells, blank }) => [name, cells.map((cell) => cell || blank).join(",")]);
  const fields = form.fields
    .map(({ name }) => [name, inputs.fields[name].trim()])
    .filter(([, text]) => text !== "" && text !== "@");
  return [...columns, ...fields].map(([name, text]) => `${name}=${escape(text)}`).join("&");
}

/** Escapes what a query must not hold and leaves the rest to be read by people. */
function escape(text: string): string {
  return encodeURIComponent(text).replace(/%(2B|2C|2F|40)/g, decodeURIComponent);
}

/** The table as it is written, a list of cells for each row. */
export function rowsOf(form: Form, inputs: Inputs): string[][] {
  const lists = form.columns.map(({ name }) => inputs.columns[name]);
  const count = form.rows?.length ?? Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: count }, (_, row) => lists.map((list) => (list[row] ?? "").trim()));
}

/** Writes into a field. */
export function withField(inputs: Inputs, name: string, text: string): Inputs {
  return { ...inputs, fields: { ...inputs.fields, [name]: text } };
}

/** Writes texts into a column, from a row on: a pasted list fills as many rows as it has prices. */
export function withCells(inputs: Inputs, name: string, row: number, texts: readonly string[]): Inputs {
  const cells = [...inputs.columns[name]];
  while (cells.length < row) cells.push("");
  cells.splice(row, texts.length, ...texts);
  while (cells.length > 0 && cells[cells.length - 1].trim() === "") cells.pop();
  return { ...inputs, columns: { ...inputs.columns, [name]: cells } };
}

/** Where the API found fault: a field or a column, and there a row. */
export interface Place {
  name: string;
  row?: number;
}

/**
 * Tells which input an error of the API is about: it names the parameter or
 * quotes the text that it could not read. Undefined is the form as a whole.
 */
export function placeOf(message: string, form: Form, inputs: Inputs): Place | undefined {
  const quoted = /"([^"]*)"/.exec(message)?.[1].trim();
  const words = message.toLowerCase().split(/[^a-z_]+/);
  const places: Place[] = [
    ...form.columns.flatMap(({ name }) => inputs.columns[name].map((_, row) => ({ name, row }))),
    ...form.fields.map(({ name }) => ({ name })),
  ];
  const texts = ({ name, row }: Place) =>
    row === undefined ? [inputs.fields[name], ...inputs.fields[name].split("@")] : [inputs.columns[name][row]];
  const holds = (place: Place) => quoted !== undefined && texts(place).some((text) => text.trim() === quoted);
  const named = ({ name }: Place) => words.some((word) => word === name || word + "s" === name);
  const found = places.find((place) => holds(place) && named(place)) ?? places.find(holds);
  return found ?? places.filter(({ row }) => row === undefined).find(named);
}
