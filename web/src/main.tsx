import { render } from "preact";
import { App } from "./app";
import { runClock } from "./state/clock";
import { keepPreferences } from "./state/prefs";
import { followLinks } from "./state/route";
import { keepColours } from "./ui/colours";
import { followStream } from "./wire/stream";
import "uplot/dist/uPlot.min.css";
import "./styles/main.css";

followLinks();
keepPreferences();
keepColours();
followStream();
runClock();
render(<App />, document.getElementById("app")!);
