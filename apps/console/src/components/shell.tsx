import type { ComponentChildren } from "preact";
import { addressOf } from "../api/request.ts";
import type { Session } from "../api/session.ts";
import { useAction } from "../state/action.ts";
import { endSession } from "../state/session.ts";
import { ErrorNotice } from "./notice.tsx";
import { PageLink } from "./page-link.tsx";

const PAGES = [
  { path: "", name: "Overview" },
  { path: "dead-letters", name: "Dead letters" },
  { path: "alerts", name: "Alerts" },
  { path: "rules", name: "Rules" },
  { path: "configuration", name: "Configuration" },
  { path: "audit", name: "Audit" },
] as const;

/** What is around every page: the way to the others, who is signed in, and the way out. */
export function Shell(props: { session: Session; path: string; children: ComponentChildren }) {
  const { session, path } = props;
  const leave = useAction(endSession);
  const skip = (event: Event): void => {
    event.preventDefault();
    document.getElementById("main")?.focus();
  };
  return (
    <>
      <a class="skip" href={addressOf(path)} onClick={skip}>
        Skip to the content
      </a>
      <header class="top">
        <PageLink to="" class="brand">
          MUTT
        </PageLink>
        {session.environment && <span class="environment">{session.environment}</span>}
        <nav aria-label="Pages">
          {PAGES.map((page) => (
            <PageLink key={page.path} to={page.path} current={isWithin(path, page.path)}>
              {page.name}
            </PageLink>
          ))}
          <a href={addressOf("queues/")}>Bull Board</a>
        </nav>
        <div class="who">
          <span>
            {session.name} <span class="muted">{session.role}</span>
          </span>
          <button
            type="button"
            class="button button-quiet"
            disabled={leave.isBusy}
            onClick={() => leave.run()}
          >
            Sign out
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <ErrorNotice error={leave.error} title="You are still signed in" />
        {props.children}
      </main>
    </>
  );
}

function isWithin(path: string, page: string): boolean {
  return page === "" ? path === "" : path === page || path.startsWith(`${page}/`);
}
