import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openStore } from "../src/store.js";
import { byLease, byLocks, type Turn } from "../src/turn.js";
import { blocked, FakeStorage } from "./fakes.js";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const pause = () => new Promise<void>((done) => setTimeout(done, 100));
const lease = (storage: Storage, self: number): Turn => byLease(openStore(() => storage), Date.now, self, pause);

describe("turns by lease", () => {
  it("are had by one of two tabs that ask at once", async () => {
    const storage = new FakeStorage();
    let working = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++working);
      await pause();
      working--;
    };
    const had = Promise.all([lease(storage, 0.1)(work), lease(storage, 0.2)(work)]);
    await vi.advanceTimersByTimeAsync(1000);
    expect((await had).filter(Boolean)).toHaveLength(1);
    expect(most).toBe(1);
    expect(Object.keys(storage)).toEqual([]);
  });

  it("are refused while one is had", async () => {
    const storage = new FakeStorage();
    const first = lease(storage, 0.1)(pause);
    await vi.advanceTimersByTimeAsync(150);
    expect(await lease(storage, 0.2)(async () => expect.fail("both work"))).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    expect(await first).toBe(true);
  });

  it.each([
    ["a page that has gone", 10_000],
    ["a clock that was wrong", 0],
  ])("end with the lease of %s", async (name, after) => {
    const storage = new FakeStorage();
    storage.setItem("clickstream.sender", `${Date.now() + (after || 86_400_000)} 0.1`);
    await vi.advanceTimersByTimeAsync(after);
    let worked = false;
    const had = lease(storage, 0.2)(async () => void (worked = true));
    await vi.advanceTimersByTimeAsync(100);
    expect([await had, worked]).toEqual([true, true]);
  });

  it("are always had where nothing is shared", async () => {
    const had = byLease(openStore(blocked), Date.now, 0.1, pause)(async () => {});
    await vi.advanceTimersByTimeAsync(100);
    expect(await had).toBe(true);
  });
});

type Grant = (name: string, options: LockOptions, use: (lock: Lock | null) => unknown) => Promise<unknown>;
const locks = (request: Grant) => ({ request }) as unknown as LockManager;
const never: Turn = async () => expect.fail("the lease was asked");

describe("turns by Web Locks", () => {
  it("are had with the lock, and never waited for", async () => {
    const asked: unknown[] = [];
    const turn = byLocks(locks(async (name, options, use) => (asked.push(name, options), use({ name, mode: "exclusive" }))), never);
    expect(await turn(async () => {})).toBe(true);
    expect(asked).toEqual(["clickstream", { ifAvailable: true }]);
  });

  it("are refused without", async () => {
    expect(await byLocks(locks(async (_, __, use) => use(null)), never)(async () => expect.fail("worked"))).toBe(false);
  });

  it("are by lease where the browser refuses locks", async () => {
    const turn = byLocks(locks(async () => Promise.reject(new DOMException("opaque", "SecurityError"))), async (work) => (await work(), true));
    let worked = 0;
    expect(await turn(async () => void worked++)).toBe(true);
    expect(worked).toBe(1);
  });

  it("work once when the lock is lost in the middle", async () => {
    let worked = 0;
    const turn = byLocks(locks(async (name, _, use) => { await use({ name, mode: "exclusive" }); throw new DOMException("stolen", "AbortError"); }), never);
    expect(await turn(async () => void worked++)).toBe(true);
    expect(worked).toBe(1);
  });
});
