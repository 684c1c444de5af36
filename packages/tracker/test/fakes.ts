/** The world around the tracker's modules, as far as a test needs it. */
import type { Store } from "../src/store.js";

/** A browser's localStorage, shared by all that are given it. Full, it takes nothing more until something is removed. */
export class FakeStorage implements Storage {
  [key: string]: unknown;
  #full = false;

  fill(): void {
    this.#full = true;
  }
  get length(): number {
    return Object.keys(this).length;
  }
  key(index: number): string | null {
    return Object.keys(this)[index] ?? null;
  }
  getItem(key: string): string | null {
    return (this[key] as string | undefined) ?? null;
  }
  setItem(key: string, value: string): void {
    if (this.#full) throw new DOMException("full", "QuotaExceededError");
    this[key] = String(value);
  }
  removeItem(key: string): void {
    if (key in this) this.#full = false;
    delete this[key];
  }
  clear(): void {
    Object.keys(this).forEach((key) => delete this[key]);
  }
}

/** Where storage is blocked, even looking at it throws. */
export function blocked(): Storage {
  throw new DOMException("denied", "SecurityError");
}

/** Keys of a store by their beginning. */
export function keysOf(store: Store, beginning: string): string[] {
  return store.list(beginning).sort();
}

export interface Sent {
  at: number;
  keepalive: boolean;
  sentAt: number;
  ids: string[];
}

type Answer = { status: number; body?: unknown; retryAfter?: string } | "no network" | "hangs";

/** A collector that remembers what it was sent, and answers as told; 200 where it is told nothing. */
export class FakeCollector {
  sent: Sent[] = [];
  answers: Answer[] = [];
  waiting: (() => void)[] = [];

  request = async (body: string, keepalive: boolean): Promise<Response> => {
    const { sentAt, events } = JSON.parse(body) as { sentAt: number; events: { eventId: string }[] };
    this.sent.push({ at: Date.now(), keepalive, sentAt, ids: events.map((event) => event.eventId) });
    const answer = this.answers.shift() ?? { status: 200 };
    if (answer === "no network") throw new TypeError("Failed to fetch");
    if (answer === "hangs") await new Promise<void>((go) => this.waiting.push(go));
    const { status, body: said, retryAfter } = typeof answer === "string" ? { status: 200 } as const : { retryAfter: undefined, body: undefined, ...answer };
    const headers = retryAfter === undefined ? {} : { "Retry-After": retryAfter };
    const text = JSON.stringify(said ?? (status === 200 ? { success: true, accepted: events.length, rejected: [] } : {}));
    return new Response(typeof said === "string" ? said : text, { status, headers });
  };
  get ids(): string[] {
    return this.sent.flatMap(({ ids }) => ids);
  }
}
