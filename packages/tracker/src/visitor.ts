/** Who the visitor is: the browser's id, its visits with the 30-minute rule, and the user it logged in as. */
import { uuid7 } from "./ids.js";
import type { Store } from "./store.js";
import type { Event } from "./wire.js";

const IDLE_MS = 1_800_000;
const CLIENT = "client";
const SESSION = "session";
const USER = "user";

export type Visit = Pick<Event, "clientId" | "sessionId" | "sequence" | "isFirstVisit">;
export type Identity = Pick<Event, "userId" | "userLoginState" | "identitySource">;

export interface Visitor {
  /** Count an event of this moment (milliseconds since 1970); begins a session after 30 minutes without one. */
  visit(at: number): Visit;
  identity(): Identity;
  identify(identity: Identity | null): void;
  /** Be a stranger again. */
  forget(): void;
}

export function openVisitor(store: Store): Visitor {
  return {
    visit(at) {
      let clientId = store.get(CLIENT);
      if (!clientId) store.set(CLIENT, (clientId = uuid7(at, 0)));
      // Number of the visit, sequence in it, last event. Tabs that begin a visit at once call it by the same number.
      let [visit = 0, sequence = 0, last = 0] = `${store.get(SESSION)}`.split(" ").map(Number);
      if (!visit || at - last >= IDLE_MS) {
        visit = ~~visit + 1;
        sequence = 0;
      }
      store.set(SESSION, `${visit} ${sequence + 1} ${last > at ? last : at}`);
      return { clientId, sessionId: `${clientId}-${visit}`, sequence, isFirstVisit: visit === 1 };
    },
    identity: () => JSON.parse(store.get(USER) ?? '{"userLoginState":"anonymous"}') as Identity,
    identify(identity) {
      if (identity) store.set(USER, JSON.stringify(identity));
      else store.remove(USER);
    },
    forget: () => [CLIENT, SESSION, USER].forEach(store.remove),
  };
}
