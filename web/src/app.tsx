import { BoardView } from "./board/view";
import { FixtureView } from "./fixture/view";
import { SignalsView } from "./signals/view";
import { SqlView } from "./sql/view";
import { route } from "./state/route";
import { StatusView } from "./status/view";
import { ToolsView } from "./tools/view";
import { Banner } from "./ui/banner";
import { Footer } from "./ui/footer";
import { Header } from "./ui/header";
import { Notice } from "./ui/notice";

/** The page: the header and footer that stay, and the view that the address names. */
export function App() {
  return (
    <>
      <a class="skip" href="#main" data-native>
        Skip to content
      </a>
      <Header />
      <Banner />
      <main id="main" tabIndex={-1}>
        <View />
      </main>
      <Footer />
    </>
  );
}

function View() {
  const at = route.value;
  switch (at.view) {
    case "board":
      return <BoardView />;
    case "fixture":
      return <FixtureView key={at.id} id={at.id} />;
    case "signals":
      return <SignalsView />;
    case "tools":
      return <ToolsView />;
    case "status":
      return <StatusView />;
    case "sql":
      return <SqlView />;
    case "unknown":
      return (
        <Notice title="There is no such page">
          <a href="/">Go to the board</a>
        </Notice>
      );
  }
}
