import { describe, expect, it } from "vitest";
import { openConsent } from "../src/consent.js";
import { madeAt, uuid7 } from "../src/ids.js";
import { openQueue } from "../src/queue.js";
import { openStore } from "../src/store.js";
import { openVisitor } from "../src/visitor.js";
import { blocked, FakeStorage, keysOf } from "./fakes.js";

const DAY = 86_400_000;

describe("ids", () => {
  it("are UUIDs of version 7 that sort by time and counter", () => {
    const ids = [uuid7(1_800_000_000_000, 7), uuid7(1_800_000_000_000, 8), uuid7(1_800_000_000_001, 0)];
    for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect([...ids].sort()).toEqual(ids);
    expect(madeAt(ids[2]!)).toBe(1_800_000_000_001);
  });

  it("differ at the same moment", () => {
    expect(new Set(Array.from({ length: 10_000 }, () => uuid7(1_800_000_000_000, 1))).size).toBe(10_000);
  });
});

describe("the store", () => {
  it("is shared by tabs, and touches no key but its own", () => {
    const storage = new FakeStorage();
    storage.setItem("event.of the shop", "1");
    const [one, other] = [openStore(() => storage), openStore(() => storage)];
    one.set("event.a", "A");
    other.set("event.b", "B");
    one.remove("event.b");
    expect(other.get("event.a")).toBe("A");
    expect(keysOf(other, "event.")).toEqual(["a"]);
    expect(Object.keys(storage)).toEqual(["event.of the shop", "clickstream.event.a"]);
  });

  it.each([["blocked", blocked], ["absent", () => undefined as unknown as Storage]])("is memory where storage is %s", (_, find) => {
    const store = openStore(find);
    store.set("event.a", "A");
    expect(store.get("event.a")).toBe("A");
    expect(store.fleeting("event.a")).toBe(true);
    expect(keysOf(store, "event.")).toEqual(["a"]);
    store.remove("event.a");
    expect(store.get("event.a")).toBeNull();
  });

  it("is memory for what storage has no room for, and the newer value counts", () => {
    const storage = new FakeStorage();
    const store = openStore(() => storage);
    store.set("session", "old");
    storage.fill();
    store.set("session", "new");
    store.set("event.a", "A");
    expect(store.get("session")).toBe("new");
    expect(keysOf(store, "event.")).toEqual(["a"]);
  });
});

describe("the queue", () => {
  it("gives up what is older than six days: the warehouse might not know it again", () => {
    const dropped: string[] = [];
    const now = 1_800_000_000_000;
    const queue = openQueue(openStore(blocked), () => now, 10, (id) => dropped.push(id));
    const [old, young] = [uuid7(now - 6 * DAY, 0), uuid7(now - 6 * DAY + 1, 0)];
    [young, old, "garbage"].forEach((id) => queue.add(id, "{}"));
    expect(queue.ids()).toEqual([young]);
    expect(dropped).toEqual([old, "garbage"]);
    expect(queue.textOf(old)).toBeNull();
  });

  it("keeps no more than it may, the newest", () => {
    const dropped: string[] = [];
    const queue = openQueue(openStore(blocked), () => 1_800_000_000_000, 3, (id) => dropped.push(id));
    const ids = Array.from({ length: 5 }, (_, index) => uuid7(1_800_000_000_000, index));
    ids.forEach((id) => queue.add(id, "{}"));
    expect(queue.ids()).toEqual(ids.slice(2));
    expect(dropped).toEqual(ids.slice(0, 2));
  });
});

describe("the visitor", () => {
  it("counts a session's events over tabs, and begins another after 30 minutes without one", () => {
    const storage = new FakeStorage();
    const [one, other] = [openVisitor(openStore(() => storage)), openVisitor(openStore(() => storage))];
    const start = 1_800_000_000_000;
    const first = one.visit(start);
    const second = other.visit(start + 1_799_999);
    const third = one.visit(start + 1_799_999 + 1_800_000);
    expect(first).toMatchObject({ sequence: 0, isFirstVisit: true });
    expect(second).toEqual({ ...first, sequence: 1 });
    expect(third).toMatchObject({ clientId: first.clientId, sequence: 0, isFirstVisit: false });
    expect(third.sessionId).not.toBe(first.sessionId);
  });

  it("begins the same session in tabs that begin it at once, though neither sees the other's note", () => {
    const storage = new FakeStorage();
    openVisitor(openStore(() => storage)).visit(1_800_000_000_000);
    const copy = Object.assign(new FakeStorage(), storage);
    const [one, other] = [storage, copy].map((seen) => openVisitor(openStore(() => seen)).visit(1_800_010_000_000));
    expect(one!.sessionId).toBe(other!.sessionId);
    expect(one!.isFirstVisit).toBe(false);
  });

  it("does not take an event of earlier for a sign of the end", () => {
    const visitor = openVisitor(openStore(blocked));
    const { sessionId } = visitor.visit(1_800_000_000_000);
    expect(visitor.visit(1_799_999_000_000)).toMatchObject({ sessionId, sequence: 1 });
    expect(visitor.visit(1_800_001_700_000)).toMatchObject({ sessionId, sequence: 2 });
  });

  it("bears with a damaged note", () => {
    const store = openStore(blocked);
    store.set("session", "gar bage");
    const visitor = openVisitor(store);
    expect(visitor.visit(1_800_000_000_000)).toMatchObject({ sequence: 0 });
    expect(visitor.visit(1_800_000_000_001)).toMatchObject({ sequence: 1 });
  });

  it("is anonymous until identified, in all tabs, and a stranger once forgotten", () => {
    const storage = new FakeStorage();
    const [one, other] = [openVisitor(openStore(() => storage)), openVisitor(openStore(() => storage))];
    const { clientId } = one.visit(1_800_000_000_000);
    expect(one.identity()).toEqual({ userLoginState: "anonymous" });
    one.identify({ userId: "u-1", userLoginState: "logged_in", identitySource: "cognito" });
    expect(other.identity()).toEqual({ userId: "u-1", userLoginState: "logged_in", identitySource: "cognito" });
    other.forget();
    expect(one.identity()).toEqual({ userLoginState: "anonymous" });
    const next = one.visit(1_800_000_000_001);
    expect(next.clientId).not.toBe(clientId);
    expect(next).toMatchObject({ sequence: 0, isFirstVisit: true });
  });
});

describe("consent", () => {
  const asked = (required: boolean, signalled: boolean, decision?: boolean) => {
    const storage = new FakeStorage();
    const consent = openConsent(openStore(() => storage), required, signalled);
    let done = 0;
    consent.ask(() => done++);
    const before = { done, keys: Object.keys(storage) };
    if (decision !== undefined) consent.decide(decision);
    return { before, after: done, allowed: consent.allowed(), given: consent.given() };
  };

  it("is assumed where it is not required", () => {
    expect(asked(false, false)).toEqual({ before: { done: 1, keys: [] }, after: 1, allowed: true, given: false });
  });

  it("holds everything back where it is required, then lets it through", () => {
    expect(asked(true, false, true)).toEqual({ before: { done: 0, keys: [] }, after: 1, allowed: true, given: true });
  });

  it("that is refused lets nothing through", () => {
    expect(asked(true, false, false)).toMatchObject({ after: 0, allowed: false, given: false });
  });

  it("is not there where the browser asks for privacy, until it is given", () => {
    expect(asked(false, true)).toMatchObject({ after: 0, allowed: false });
    expect(asked(false, true, true)).toMatchObject({ allowed: true, given: true });
  });

  it("once withdrawn leaves nothing but the refusal", () => {
    const storage = new FakeStorage();
    storage.setItem("cart", "the shop's own");
    const store = openStore(() => storage);
    openVisitor(store).visit(1_800_000_000_000);
    store.set("event.a", "{}");
    openConsent(store, false, false).decide(false);
    expect({ ...storage }).toEqual({ cart: "the shop's own", "clickstream.consent": "0" });
  });

  it("refused in a full storage is remembered", () => {
    const storage = new FakeStorage();
    const store = openStore(() => storage);
    store.set("event.a", "{}");
    storage.fill();
    openConsent(store, false, false).decide(false);
    expect({ ...storage }).toEqual({ "clickstream.consent": "0" });
  });

  it("given in another tab counts here with the next event", () => {
    const storage = new FakeStorage();
    const [one, other] = [openStore(() => storage), openStore(() => storage)].map((store) => openConsent(store, true, false));
    const order: number[] = [];
    one!.ask(() => order.push(1));
    other!.decide(true);
    one!.ask(() => order.push(2));
    expect(order).toEqual([1, 2]);
  });

  it("withdrawn in another tab is obeyed here: nothing written too late stays, nothing held is sent after all", () => {
    const storage = new FakeStorage();
    const stores = [openStore(() => storage), openStore(() => storage)];
    const [one, other] = stores.map((store) => openConsent(store, true, false));
    let done = 0;
    one!.ask(() => done++);
    one!.obey();
    other!.decide(false);
    stores[0]!.set("event.a", "{}");
    one!.obey();
    expect({ ...storage }).toEqual({ "clickstream.consent": "0" });
    other!.decide(true);
    one!.ask(() => (done += 10));
    expect(done).toBe(10);
  });
});
