import { useState } from "preact/hooks";
import { ApiError } from "../api/request.ts";
import { TextField } from "../components/field.tsx";
import { Notice } from "../components/notice.tsx";
import { PageHead } from "../components/page-head.tsx";
import { formatDuration } from "../format.ts";
import { useAction } from "../state/action.ts";
import { useNow } from "../state/now.ts";
import { goTo, useRoute } from "../state/route.ts";
import { startSession } from "../state/session.ts";

/** Asks for a key; after it the page that was asked for is shown. */
export function SignIn() {
  const { path, query } = useRoute();
  const [key, setKey] = useState("");
  const [lockedUntil, setLockedUntil] = useState(0);
  const action = useAction(startSession);
  const now = useNow();
  const isLocked = lockedUntil > now;

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const isIn = await action.run(key);
    if (!isIn || path !== "login") return;
    const address = nextAddress(query.get("next"));
    // It may be Bull Board's, which is no page of this console: it is loaded.
    if (address === undefined) goTo("", { replace: true });
    else location.replace(address);
  };
  const { error } = action;
  const [seen, setSeen] = useState(error);
  if (error !== seen) {
    setSeen(error);
    const waitS = error instanceof ApiError ? error.retryAfterS : undefined;
    setLockedUntil(waitS === undefined ? 0 : Date.now() + waitS * 1000);
  }

  return (
    <main class="sign-in" id="main">
      <PageHead title="Sign in" />
      <p class="muted">
        The operator console of the MUTT alert pipeline. Use a key of <code>ADMIN_API_KEYS</code>;{" "}
        <code>npm start</code> prints one.
      </p>
      <form class="stack" onSubmit={submit}>
        <TextField
          label="Key"
          type="password"
          value={key}
          onChange={setKey}
          autocomplete="current-password"
          required
          autoFocus
        />
        {error && (
          <Notice tone="bad" title={isLocked ? "Locked" : "Not signed in"}>
            {error.message}
            {isLocked && `\nTry again in ${formatDuration((lockedUntil - now) / 1000)}.`}
          </Notice>
        )}
        <button
          type="submit"
          class="button button-primary"
          disabled={action.isBusy || isLocked || key === ""}
        >
          Sign in
        </button>
      </form>
    </main>
  );
}

/** The address that was asked for before signing in, as far as it is one of this server. */
function nextAddress(next: string | null): string | undefined {
  if (!next?.startsWith("/") || !URL.canParse(next.slice(1), document.baseURI)) return undefined;
  const url = new URL(next.slice(1), document.baseURI);
  return url.origin === location.origin ? url.href : undefined;
}
