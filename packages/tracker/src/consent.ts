/** Whether the visitor may be observed: their decision, kept for later pages, and the browser's privacy signals. */
import type { Store } from "./store.js";

const CONSENT = "consent";
/** Events that wait for a decision; past it the newest are not kept. */
const MOST_HELD = 1000;

export interface Consent {
  /** Do it now, once the visitor agrees, or never. Until it is done nothing but the decision is looked up or stored. */
  ask(work: () => void): void;
  /** Whether events may leave the page. */
  allowed(): boolean;
  /** Whether the visitor said yes, rather than nothing. */
  given(): boolean;
  decide(analytics: boolean): void;
}

/**
 * @param required nothing happens before the visitor agrees
 * @param signalled the browser asks for privacy, and is to be heard
 */
export function openConsent(store: Store, required: boolean, signalled: boolean): Consent {
  let held: (() => void)[] = [];
  const decision = (): string | null => store.get(CONSENT);
  const allowed = (): boolean => (decision() ?? (required || signalled ? "0" : "1")) === "1";
  const catchUp = (): void => held.splice(0).forEach((work) => work());
  return {
    ask(work) {
      if (allowed()) {
        catchUp();
        work();
      } else if (!decision() && required && held.length < MOST_HELD) held.push(work);
    },
    allowed,
    given: () => decision() === "1",
    decide(analytics) {
      if (analytics) {
        store.set(CONSENT, "1");
        catchUp();
      } else {
        held = [];
        store.list("").forEach(store.remove);
        store.set(CONSENT, "0");
      }
    },
  };
}
