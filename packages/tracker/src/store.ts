/** What is remembered over pages and tabs: localStorage, or memory where the browser refuses it (blocked, full, sandboxed). */

const PREFIX = "clickstream.";

export interface Store {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** Keys that begin so, without that beginning. */
  list(beginning: string): string[];
  /** Whether a value would be gone with the page. */
  fleeting(key: string): boolean;
}

/** `find` returns the storage; it may throw, as `window.localStorage` does where it is blocked. */
export function openStore(find: () => Storage): Store {
  const memory = new Map<string, string>();
  const tried = <T>(use: (storage: Storage) => T): T | undefined => {
    try {
      return use(find());
    } catch {
      return undefined;
    }
  };
  return {
    get: (key) => memory.get(PREFIX + key) ?? tried((storage) => storage.getItem(PREFIX + key)) ?? null,
    set(key, value) {
      key = PREFIX + key;
      memory.delete(key);
      if (!tried((storage) => (storage.setItem(key, value), true))) memory.set(key, value);
    },
    remove(key) {
      memory.delete(PREFIX + key);
      tried((storage) => storage.removeItem(PREFIX + key));
    },
    list: (beginning) =>
      [...memory.keys(), ...(tried(Object.keys) ?? [])]
        .filter((key) => key.startsWith(PREFIX + beginning))
        .map((key) => key.slice((PREFIX + beginning).length)),
    fleeting: (key) => memory.has(PREFIX + key),
  };
}
