import type { ComponentChildren } from "preact";
import { ApiError } from "../wire/api";

/** Says why a place is empty. */
export function Notice({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice" role="status">
      <p class="notice-title">{title}</p>
      {children && <div>{children}</div>}
    </div>
  );
}

/** Says what went wrong and, where the server knows, what to do. */
export function Failure({ error }: { error: Error }) {
  return (
    <div class="notice failure" role="alert">
      <p class="notice-title">{error.message}</p>
      {error instanceof ApiError && error.hint && <p>{error.hint}</p>}
    </div>
  );
}
