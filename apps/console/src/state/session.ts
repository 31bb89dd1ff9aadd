import { setCredentials } from "../api/request.ts";
import { mayAct, type Role, readSession, type Session, signIn, signOut } from "../api/session.ts";
import { createStore, useStore } from "./store.ts";

/** `undefined` until the server has been asked, `null` when nobody is signed in. */
const current = createStore<Session | null | undefined>(undefined);

function take(session: Session | null): void {
  setCredentials(session?.csrf_token, () => current.set(null));
  current.set(session);
}

/** Asks the server whether this browser is signed in; throws when the server cannot be asked. */
export async function restoreSession(): Promise<void> {
  setCredentials(undefined, () => current.set(null));
  try {
    take(await readSession());
  } catch (error) {
    if (current.get() !== null) throw error;
  }
}

/** Signs in with a key and keeps the session for every page. */
export async function startSession(key: string): Promise<void> {
  take(await signIn(key));
}

/** Signs out, also where the server has forgotten the session already. */
export async function endSession(): Promise<void> {
  await signOut().catch((error: unknown) => {
    if (current.get() !== null) throw error;
  });
  take(null);
}

/** The session as it is now, for drawing. */
export function useSession(): Session | null | undefined {
  return useStore(current);
}

/** Whether who is signed in may do what asks for `role`; the server checks it again. */
export function useMay(role: Role): boolean {
  const session = useStore(current);
  return session ? mayAct(session.role, role) : false;
}
