import { useEffect } from "preact/hooks";
import { Notice } from "./components/notice.tsx";
import { Shell } from "./components/shell.tsx";
import { Alerts } from "./pages/alerts.tsx";
import { Audit } from "./pages/audit.tsx";
import { Configuration } from "./pages/configuration.tsx";
import { DeadLetterEntry } from "./pages/dead-letter-entry.tsx";
import { DeadLetters } from "./pages/dead-letters.tsx";
import { NotFound } from "./pages/not-found.tsx";
import { Overview } from "./pages/overview.tsx";
import { Rules } from "./pages/rules.tsx";
import { SignIn } from "./pages/sign-in.tsx";
import { useAction } from "./state/action.ts";
import { useRoute } from "./state/route.ts";
import { restoreSession, useSession } from "./state/session.ts";

/** The console: the page that the address names, for who is signed in. */
export function App() {
  const session = useSession();
  const { path } = useRoute();
  const restore = useAction(restoreSession);
  useEffect(() => void restore.run(), []);

  if (session === null) return <SignIn />;
  if (session === undefined) {
    if (!restore.error) return null;
    return (
      <main class="sign-in" id="main">
        <Notice tone="bad" title="The console cannot reach its server">
          {restore.error.message}
        </Notice>
        <button type="button" class="button" onClick={() => restore.run()}>
          Try again
        </button>
      </main>
    );
  }
  return (
    <Shell session={session} path={path}>
      <Page path={path} />
    </Shell>
  );
}

function Page({ path }: { path: string }) {
  const [page = "", ...rest] = path.split("/");
  const [first, second] = rest.map(decodePart);
  if (page === "dead-letters" && first !== undefined && second !== undefined) {
    return <DeadLetterEntry key={path} queue={first} id={second} />;
  }
  if (page === "alerts" && rest.length < 2) return <Alerts key={first} id={first} />;
  if (rest.length > 0) return <NotFound />;
  switch (page) {
    case "":
    case "login":
      return <Overview />;
    case "dead-letters":
      return <DeadLetters />;
    case "rules":
      return <Rules />;
    case "configuration":
      return <Configuration />;
    case "audit":
      return <Audit />;
    default:
      return <NotFound />;
  }
}

/** A part of an address as it was written; what is no proper escape is left as it is. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
