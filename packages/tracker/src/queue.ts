/**
 * Events that the collector has not yet acknowledged. Each has a storage key of its own: tabs add and remove without
 * reading what others wrote, so none can undo another's change.
 */
import { madeAt } from "./ids.js";
import type { Store } from "./store.js";

/**
 * The warehouse knows an event again within seven days of its first receipt. One that may have been sent must not be
 * sent again after that, and one that never was would be counted on the wrong day.
 */
const OLDEST_MS = 6 * 86_400_000;
const EVENT = "event.";

export interface Queue {
  /** Add an event, as JSON. */
  add(id: string, json: string): void;
  textOf(id: string): string | null;
  remove(id: string): void;
  /** Ids, oldest first. Drops what is too old, and the oldest of what is too much. */
  ids(): string[];
  /** Whether an event would be gone with the page. */
  fleeting(id: string): boolean;
}

/** `dropped` is told of each event that is given up. */
export function openQueue(store: Store, now: () => number, most: number, dropped: (id: string) => void): Queue {
  const remove = (id: string): void => store.remove(EVENT + id);
  return {
    add: (id, json) => store.set(EVENT + id, json),
    textOf: (id) => store.get(EVENT + id),
    remove,
    ids: () =>
      store
        .list(EVENT)
        .sort()
        .filter((id, index, all) => {
          const kept = now() - madeAt(id) < OLDEST_MS && all.length - index <= most;
          if (!kept) {
            remove(id);
            dropped(id);
          }
          return kept;
        }),
    fleeting: (id) => store.fleeting(EVENT + id),
  };
}
