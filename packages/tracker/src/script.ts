/**
 * The tracker as a script of its own, set up by its tag:
 * `<script async src="clickstream.js" data-endpoint="https://…/clickstream"></script>`.
 * It becomes `window.clickstream`; what the page pushed there before (`["productView", {…}]`) is done then.
 */
import { createTracker, type Tracker } from "./tracker.js";

type Call = [method: keyof Tracker, ...given: unknown[]];
type Pushed = { push(...calls: Call[]): void };

declare global {
  interface Window {
    clickstream?: Call[] | (Tracker & Pushed);
  }
}

const { endpoint, writeKey, pages, clicks, consentRequired, honourPrivacySignals } =
  (document.currentScript as HTMLScriptElement | null)?.dataset ?? {};
const early = window.clickstream;
if (endpoint && !(early && "track" in early)) {
  const tracker = createTracker({
    endpoint,
    writeKey,
    pages: pages !== "off",
    clicks: clicks !== "off",
    consentRequired: consentRequired === "on",
    honourPrivacySignals: honourPrivacySignals === "on",
  });
  const push = (...calls: Call[]): void =>
    calls.forEach(([method, ...given]) => (tracker[method] as ((...given: unknown[]) => void) | undefined)?.(...given));
  window.clickstream = Object.assign(tracker, { push });
  if (early) push(...early);
}
