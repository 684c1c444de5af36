/** Brings events to the collector: batches, one tab at a time, retries with back-off, and a last try as the page hides. */
import type { Queue } from "./queue.js";
import type { Store } from "./store.js";
import type { Turn } from "./turn.js";

/** Browsers take 64 KiB of keepalive bodies at a time: at three bytes a character a batch fits in, else three do. */
const BATCH_CHARACTERS = 20_000;
const BATCH_EVENTS = 50;
const LONGEST_WAIT_MS = 3_600_000;
const LONGEST_BACK_OFF_MS = 300_000;
/** Until a tab asks for a turn again; and how often before it sends without: whoever has it must be frozen. */
const TURN_MS = 2000;
const PATIENCE = 20;
const WAIT = "wait";

/** What a developer should know of: never thrown, never of a visitor's network. */
export type Report = (message: string, detail?: unknown) => void;

export interface Sender {
  /** An event was added by this page. */
  added(id: string): void;
  /** Send before long what other pages may have left. */
  start(): void;
  /** Send all that waits, of all tabs, unless the collector asked to wait. */
  flush(): Promise<void>;
  /** The page is hidden and may never run again: send what this page made. */
  hide(): void;
  /** The network is back. */
  online(): void;
  stop(): void;
}

/**
 * @param request sends a body to the collector
 * @param allowed false while the visitor has not agreed: nothing leaves the page
 * @param batchEvents events after which a batch is sent at once
 * @param batchMs longest time that an event waits for others
 */
export function createSender(
  request: (body: string, keepalive: boolean) => Promise<Response>,
  queue: Queue,
  store: Store,
  turn: Turn,
  allowed: () => boolean,
  now: () => number,
  report: Report,
  batchEvents: number,
  batchMs: number,
): Sender {
  /** Events that this page made or took, and whether a request with them is under way. */
  const known = new Map<string, boolean>();
  let limit = BATCH_EVENTS;
  let failures = 0;
  let refusals = 0;
  /** Until when this page does not send, after a request without answer: a page that is left gives up its requests. */
  let quietUntil = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerAt = Infinity;

  /** Milliseconds for which the collector wants to be sent nothing, by any tab. */
  const toWait = (): number => {
    const wait = +store.get(WAIT)! - now();
    // A longer one is of a clock that was wrong.
    return wait < LONGEST_WAIT_MS * 2 ? wait : 0;
  };

  const wake = (delay: number): void => {
    const at = now() + delay;
    if (at >= timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(() => {
      timerAt = Infinity;
      void flush();
    }, delay);
  };

  const settle = (ids: string[]): void =>
    ids.forEach((id) => {
      queue.remove(id);
      known.delete(id);
    });

  /** Send the first of these events, as many as fit into one request; says whether to go on. */
  const post = async (waiting: string[], hiding?: boolean): Promise<boolean> => {
    const ids: string[] = [];
    let events = "";
    for (const id of waiting) {
      const text = queue.textOf(id);
      if (!text) continue;
      if (ids.length >= limit || (events && events.length + text.length > BATCH_CHARACTERS)) break;
      events += (events && ",") + text;
      ids.push(id);
      known.set(id, true);
    }
    if (!events) return false;
    let status = 0;
    let retryAfter: string | null | undefined;
    let said: { success?: boolean; rejected?: unknown[] } | undefined;
    try {
      // A retry goes without keepalive, whose quota others on the page may use up.
      const answer = await request(
        `{"sentAt":${now()},"events":[${events}]}`,
        events.length <= BATCH_CHARACTERS && (hiding || !failures),
      );
      status = answer.status;
      retryAfter = answer.headers.get("retry-after");
      said = await answer.json();
    } catch {
      // No answer, or none of a collector's: below.
    }
    ids.forEach((id) => known.set(id, false));
    // Some page of a proxy, or of the shop itself, may say 200 too.
    if (said && (said.success || (status === 422 && said.rejected))) {
      settle(ids);
      failures = 0;
      limit = BATCH_EVENTS;
      if (said.rejected?.length) report("rejected", said.rejected);
      return true;
    }
    if (status === 400 || status === 413) {
      // Something in it cannot be read: halve until it is found.
      limit = (ids.length + 1) >> 1;
      if (!ids[1]) {
        report("dropped: unreadable", events);
        settle(ids);
      }
      return true;
    }
    const seconds = +retryAfter! || (Date.parse(retryAfter!) - now()) / 1000 || 0;
    const wait =
      Math.max(Math.min(LONGEST_BACK_OFF_MS, 1000 * 2 ** failures++), Math.min(LONGEST_WAIT_MS, seconds * 1000)) *
      (1 + Math.random() / 2);
    if (status) {
      store.set(WAIT, `${now() + wait}`);
      report(`answered ${status}`, said);
    } else quietUntil = now() + wait;
    wake(wait);
    return false;
  };

  const pending = (): string[] => {
    const ids = queue.ids();
    // Another tab may have sent what this page made.
    known.forEach((_, id) => ids.includes(id) || known.delete(id));
    return ids.filter((id) => !known.get(id));
  };

  const sendAll = async (): Promise<void> => {
    while (allowed() && (await post(pending())));
  };

  const flush = async (): Promise<void> => {
    if (!allowed() || !pending()[0]) return;
    const wait = Math.max(toWait(), quietUntil - now());
    if (wait > 0) return wake(wait);
    if (refusals >= PATIENCE) await sendAll();
    else if (!(await turn(sendAll))) {
      refusals++;
      return wake(TURN_MS);
    }
    refusals = 0;
  };

  return {
    added(id) {
      known.set(id, false);
      wake(known.size < batchEvents ? batchMs : 0);
    },
    start: () => wake(batchMs),
    flush,
    hide() {
      // Kept until the answer, which a page that is gone never sees: the next page then sends them again.
      if (allowed())
        void post(
          [...known.keys()].filter((id) => !known.get(id) && (toWait() <= 0 || queue.fleeting(id))),
          true,
        );
    },
    online() {
      quietUntil = 0;
      void flush();
    },
    stop() {
      clearTimeout(timer);
      timerAt = Infinity;
    },
  };
}
