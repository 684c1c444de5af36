import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { uuid7 } from "../src/ids.js";
import { openQueue, type Queue } from "../src/queue.js";
import { createSender, type Sender } from "../src/sender.js";
import { openStore, type Store } from "../src/store.js";
import { blocked, FakeCollector, FakeStorage } from "./fakes.js";

const BATCH_MS = 2000;
let collector: FakeCollector;
let storage: FakeStorage;
let told: [string, unknown][];
let allowed: boolean;
let counter: number;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  vi.spyOn(Math, "random").mockReturnValue(0);
  collector = new FakeCollector();
  storage = new FakeStorage();
  told = [];
  allowed = true;
  counter = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Tab {
  sender: Sender;
  queue: Queue;
  store: Store;
  make: (count?: number, padding?: string) => string[];
}

/** A page of the shop. `turn` false: another tab has the turn, always. */
function tab(find: () => Storage = () => storage, turn = true): Tab {
  const store = openStore(find);
  const queue = openQueue(store, Date.now, 1000, (id) => told.push(["dropped", id]));
  const sender = createSender(
    collector.request,
    queue,
    store,
    async (work) => {
      if (turn) await work();
      return turn;
    },
    () => allowed,
    Date.now,
    (message, detail) => told.push([message, detail]),
    20,
    BATCH_MS,
  );
  const make = (count = 1, padding = ""): string[] =>
    Array.from({ length: count }, () => {
      const id = uuid7(Date.now(), counter++);
      queue.add(id, JSON.stringify({ eventName: "click", eventId: id, padding }));
      sender.added(id);
      return id;
    });
  return { sender, queue, store, make };
}

describe("batches", () => {
  it("wait two seconds for others", async () => {
    const { make, queue } = tab();
    const ids = [...make(), ...make()];
    await vi.advanceTimersByTimeAsync(BATCH_MS - 1);
    expect(collector.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(collector.sent).toMatchObject([{ ids, keepalive: true, sentAt: Date.now() }]);
    expect(queue.ids()).toEqual([]);
  });

  it("go at once when there are twenty", async () => {
    tab().make(20);
    await vi.advanceTimersByTimeAsync(0);
    expect(collector.ids).toHaveLength(20);
  });

  it("hold at most fifty events, the oldest first, and no more than keepalive takes", async () => {
    const { make, sender } = tab();
    const ids = make(120);
    await sender.flush();
    expect(collector.sent.map((sent) => sent.ids.length)).toEqual([50, 50, 20]);
    expect(collector.ids).toEqual(ids);

    const large = make(5, "x".repeat(9000));
    await sender.flush();
    expect(collector.sent.slice(3).map((sent) => sent.ids.length)).toEqual([2, 2, 1]);
    expect(collector.ids.slice(120)).toEqual(large);
  });

  it("send what is larger than keepalive takes without it", async () => {
    const { make, sender } = tab();
    make(1, "x".repeat(70_000));
    await sender.flush();
    expect(collector.sent).toMatchObject([{ keepalive: false }]);
  });

  it("take what an earlier page has left behind", async () => {
    const [left] = tab().make();
    const { sender } = tab();
    sender.start();
    vi.clearAllTimers();
    await sender.flush();
    expect(collector.ids).toEqual([left]);
  });

  it("stay where they are while the visitor has not agreed", async () => {
    const { make, sender, queue } = tab();
    allowed = false;
    const ids = make();
    await sender.flush();
    sender.hide();
    expect(collector.sent).toEqual([]);
    expect(queue.ids()).toEqual(ids);
  });
});

describe("a failure", () => {
  it("is tried again under the same ids, later each time", async () => {
    const { make } = tab();
    collector.answers = ["no network", "no network", "no network"];
    const ids = make();
    await vi.advanceTimersByTimeAsync(60_000);
    const start = collector.sent[0]!.at;
    expect(collector.sent.map(({ at }) => at - start)).toEqual([0, 1000, 3000, 7000]);
    expect(collector.sent.every((sent) => sent.ids[0] === ids[0])).toBe(true);
    expect(collector.sent.map(({ keepalive }) => keepalive)).toEqual([true, false, false, false]);
    expect(told).toEqual([]);
  });

  it("is never waited for longer than five minutes, jitter aside", async () => {
    const { make } = tab();
    collector.answers = Array(20).fill("no network");
    make();
    await vi.advanceTimersByTimeAsync(4_000_000);
    const last = collector.sent.slice(-2).map(({ at }) => at);
    expect(last[1]! - last[0]!).toBe(300_000);
  });

  it("makes tabs wait by chance for up to half as long again", async () => {
    vi.mocked(Math.random).mockReturnValue(0.999_999);
    collector.answers = ["no network"];
    tab().make();
    await vi.advanceTimersByTimeAsync(BATCH_MS + 1499);
    expect(collector.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(collector.sent).toHaveLength(2);
  });

  it.each([
    ["seconds", "7", 7000],
    ["a date", new Date(1_800_000_000_000 + BATCH_MS + 9000).toUTCString(), 9000],
    ["nonsense", "soon", 1000],
    ["a day, of which an hour is believed", "86400", 3_600_000],
  ])("keeps all tabs from sending for Retry-After: %s", async (_, retryAfter, wait) => {
    const [one, other] = [tab(), tab()];
    collector.answers = [{ status: 503, retryAfter }];
    one.make();
    await vi.advanceTimersByTimeAsync(BATCH_MS);
    expect(collector.sent).toHaveLength(1);
    other.make(20);
    other.sender.hide();
    await other.sender.flush();
    await vi.advanceTimersByTimeAsync(wait - 1);
    expect(collector.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(new Set(collector.sent.slice(1).flatMap(({ ids }) => ids)).size).toBe(21);
  });

  it("is not waited for when a clock was wrong", async () => {
    const { make, store, sender } = tab();
    store.set("wait", String(Date.now() + 10 * 86_400_000));
    make();
    await sender.flush();
    expect(collector.sent).toHaveLength(1);
  });

  it("ends when the network is back, unless the collector asked to wait", async () => {
    const { make, sender, queue } = tab();
    collector.answers = ["no network"];
    make();
    await sender.flush();
    sender.online();
    await vi.advanceTimersByTimeAsync(0);
    expect(queue.ids()).toEqual([]);

    collector.answers = [{ status: 503, retryAfter: "30" }];
    make();
    await sender.flush();
    sender.online();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(collector.sent).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(collector.sent).toHaveLength(4);
  });

  it.each([401, 403, 404, 429, 500, 502])("of status %i keeps the events and tells the developer", async (status) => {
    const { make, sender, queue } = tab();
    collector.answers = [{ status }];
    const ids = make();
    await sender.flush();
    expect(queue.ids()).toEqual(ids);
    expect(told).toEqual([[`answered ${status}`, {}]]);
  });

  it.each([
    ["a page of a proxy", "<!doctype html>"],
    ["some other API", { ok: 1 }],
  ])("is also 200 from what is no collector: %s", async (_, body) => {
    const { make, sender, queue } = tab();
    collector.answers = [{ status: 200, body }];
    const ids = make();
    await sender.flush();
    expect(queue.ids()).toEqual(ids);
  });
});

describe("what the collector does not take", () => {
  it("is not sent again, and the developer is told", async () => {
    const { make, sender, queue } = tab();
    const rejected = [{ index: 0, eventId: "x", errors: [{ field: "product.price", code: "float_type" }] }];
    collector.answers = [{ status: 200, body: { success: true, accepted: 1, rejected } }, { status: 422, body: { rejected } }];
    make(2);
    await sender.flush();
    make();
    await sender.flush();
    expect(queue.ids()).toEqual([]);
    expect(told).toEqual([["rejected", rejected], ["rejected", rejected]]);
  });

  it.each([400, 413])("for a batch as a whole (%i) is found by halving; the rest arrives", async (status) => {
    const { make, sender, queue } = tab();
    const ids = make(10);
    const bad = ids[6]!;
    const { request } = collector;
    const arrived: string[] = [];
    collector.request = async (body, keepalive) => {
      if (body.includes(bad)) return new Response("{}", { status });
      const answer = await request(body, keepalive);
      arrived.push(...collector.sent.at(-1)!.ids);
      return answer;
    };
    const again = createSender((...given) => collector.request(...given), queue, openStore(() => storage), async (work) => (await work(), true), () => true, Date.now, (...said) => told.push([said[0], said[1]]), 20, BATCH_MS);
    await again.flush();
    expect(arrived).toEqual(ids.filter((id) => id !== bad));
    expect(told).toEqual([["dropped: unreadable", expect.stringContaining(bad)]]);
    expect(queue.ids()).toEqual([]);
    sender.stop();
  });
});

describe("a page that hides", () => {
  it("sends what it made and is not under way, and keeps it until the answer", async () => {
    const { make, sender, queue } = tab();
    collector.answers = ["hangs", "hangs"];
    const first = make();
    void sender.flush();
    const second = make();
    sender.hide();
    sender.hide();
    expect(collector.sent).toMatchObject([{ ids: first }, { ids: second, keepalive: true }]);
    expect(queue.ids()).toEqual([...first, ...second]);
    collector.waiting.forEach((go) => go());
    await vi.advanceTimersByTimeAsync(0);
    expect(queue.ids()).toEqual([]);
  });

  it("leaves the events of other tabs to them", () => {
    tab().make();
    const { make, sender } = tab();
    const mine = make();
    sender.hide();
    expect(collector.ids).toEqual(mine);
  });

  it("uses keepalive also after a failure", async () => {
    const { make, sender } = tab();
    collector.answers = ["no network"];
    make();
    await sender.flush();
    sender.hide();
    expect(collector.sent.at(-1)).toMatchObject({ keepalive: true });
  });

  it("does not make the next page wait, though its own requests end without answer", async () => {
    const { make, sender } = tab();
    collector.answers = ["no network"];
    make();
    sender.hide();
    await vi.advanceTimersByTimeAsync(0);
    const next = tab();
    const made = next.make();
    next.sender.hide();
    expect(collector.sent.at(-1)).toMatchObject({ ids: made });
  });

  it("disregards Retry-After only for events that would be gone with it", async () => {
    const { make, sender } = tab(blocked);
    collector.answers = [{ status: 503, retryAfter: "60" }];
    const ids = make();
    await sender.flush();
    sender.hide();
    expect(collector.ids).toEqual([...ids, ...ids]);
  });

  it("without storage sends by the same rules", async () => {
    const { make, queue } = tab(blocked);
    collector.answers = ["no network"];
    make(3);
    await vi.advanceTimersByTimeAsync(BATCH_MS + 1000);
    expect(collector.sent).toHaveLength(2);
    expect(queue.ids()).toEqual([]);
  });
});

describe("turns", () => {
  it("are waited for; whoever has it for long must be frozen", async () => {
    const { make } = tab(undefined, false);
    const ids = make();
    await vi.advanceTimersByTimeAsync(BATCH_MS * 20);
    expect(collector.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(BATCH_MS);
    expect(collector.ids).toEqual(ids);
  });

  it("that another tab had leave nothing to send", async () => {
    const [one, other] = [tab(), tab()];
    one.make(19);
    await other.sender.flush();
    one.make(1);
    await vi.advanceTimersByTimeAsync(BATCH_MS);
    expect(collector.sent.map(({ ids }) => ids.length)).toEqual([19, 1]);
    expect(new Set(collector.ids).size).toBe(20);
  });
});

describe("stopping", () => {
  it("leaves everything for the next page", async () => {
    const { make, sender } = tab();
    const ids = make();
    sender.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(collector.sent).toEqual([]);
    await tab().sender.flush();
    expect(collector.ids).toEqual(ids);
  });
});
