import type { Report } from "./sender.js";

/** How a tracker is set up. Only `endpoint` is needed. */
export interface Options {
  /** Address of the collector's `POST /clickstream`. */
  endpoint: string;
  /** Where the collector asks for one. It is no secret: every visitor can read it. */
  writeKey?: string | undefined;
  /** Send `page_view` and `page_leave` by itself, also for route changes of single-page apps. Default true. */
  pages?: boolean | undefined;
  /** Send `click` for links and buttons by itself. Default true; `data-clickstream="off"` excludes an element and all in it. */
  clicks?: boolean | undefined;
  /** Keep events in memory, touch no storage and send nothing until `setConsent(true)`. Default false. */
  consentRequired?: boolean | undefined;
  /** Take Global Privacy Control and Do Not Track for a refusal, unless the visitor agreed by `setConsent(true)`. Default false. */
  honourPrivacySignals?: boolean | undefined;
  /** What is told of a page's address, and of the address it was reached from. Default: all but the fragment. */
  cleanUrl?: ((url: string) => string) | undefined;
  /** Events after which a batch is sent at once. Default 20. */
  batchEvents?: number | undefined;
  /** Longest time that an event waits for others, in milliseconds. Default 2,000. */
  batchMs?: number | undefined;
  /** Most events kept while they cannot be sent; past it the oldest are dropped. Default 1,000. */
  queueEvents?: number | undefined;
  /** Told of what a developer should know: events that were rejected or dropped, answers that make no sense. Default `console.warn`. */
  onError?: Report | undefined;
}
