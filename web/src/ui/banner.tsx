import { clockSeconds } from "../format/time";
import { connection, lastFrame } from "../wire/stream";

/** Says above every view that what it shows is not live. */
export function Banner() {
  const state = connection.value;
  if (state === "live" || state === "connecting") return null;
  const since = lastFrame.value > 0 ? ` The prices below are the last received, at ${clockSeconds(lastFrame.value)}.` : "";
  return (
    <div class="banner" role="status">
      {state === "resync"
        ? "The stream fell behind and is being set up anew."
        : `The connection to the server is lost; trying again.${since}`}
    </div>
  );
}
