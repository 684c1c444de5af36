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
  /** Act on the decision, which may be another tab's: do what was held, or forget what was written before this one knew. */
  obey(): void;
}

/**
 * @param required nothing happens before the visitor agrees
 * @param signalled the browser asks for privacy, and is to be heard
 */
export function openConsent(store: Store, required: boolean, signalled: boolean): Consent {
  let held: (() => void)[] = [];
  const decision = (): string | null => store.get(CONSENT);
  const allowed = (): boolean => (decision() ?? (required || signalled ? "0" : "1")) === "1";
  const obey = (): void => {
    if (allowed()) held.splice(0).forEach((work) => work());
    else if (decision() || !required) {
      held = [];
      store.list("").forEach((key) => key === CONSENT || store.remove(key));
    }
  };
  return {
    ask(work) {
      if (held.length < MOST_HELD) held.push(work);
      obey();
    },
    allowed,
    given: () => decision() === "1",
    decide(analytics) {
      const said = analytics ? "1" : "0";
      store.set(CONSENT, said);
      obey();
      // A full storage has room for it only now.
      store.set(CONSENT, said);
    },
    obey,
  };
}
