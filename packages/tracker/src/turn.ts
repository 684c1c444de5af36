/**
 * One sender at a time among the tabs of a shop. A turn spares traffic; it is not what keeps events single: that is
 * their id. So where taking turns fails, sending goes on without.
 */
import type { Store } from "./store.js";

const NAME = "clickstream";
const LEASE = "sender";
/** What a page that is gone in the middle of its turn holds the others up for. */
const LEASE_MS = 10_000;

/** Does the work, or nothing while another tab is at it; says which. The work must not throw. */
export type Turn = (work: () => Promise<void>) => Promise<boolean>;

/** Turns by a note in the store. Two tabs that write at once see after `pause` whose note remained. */
export function byLease(store: Store, now: () => number, self: number, pause: () => Promise<void>): Turn {
  return async (work) => {
    // A note from further in the future than a lease lasts is of a clock that was wrong.
    const left = parseInt(store.get(LEASE)!) - now();
    if (left > 0 && left <= LEASE_MS) return false;
    const note = `${now() + LEASE_MS} ${self}`;
    store.set(LEASE, note);
    await pause();
    if (store.get(LEASE) !== note) return false;
    await work();
    if (store.get(LEASE) === note) store.remove(LEASE);
    return true;
  };
}

/** Turns by the Web Locks API, which frees a lock when its page goes; `otherwise` where the browser refuses it. */
export function byLocks(locks: LockManager, otherwise: Turn): Turn {
  return async (work) => {
    let had = false;
    try {
      await locks.request(NAME, { ifAvailable: true }, (lock) => {
        had = !!lock;
        return lock && work();
      });
    } catch {
      // Opaque origins have no locks, and share no storage with another tab either.
      return had || otherwise(work);
    }
    return had;
  };
}
