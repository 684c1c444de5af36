/** The one place where a tracker is put together. */
import { clicked } from "./clicks.js";
import { openConsent } from "./consent.js";
import { uuid7 } from "./ids.js";
import type { Options } from "./options.js";
import { openQueue } from "./queue.js";
import { startReading } from "./reading.js";
import { createSender, type Report } from "./sender.js";
import { shop, type Fields, type Shop } from "./shop.js";
import { openStore } from "./store.js";
import { byLease, byLocks } from "./turn.js";
import { openVisitor, type Identity } from "./visitor.js";

declare const VERSION: string;
declare const ONLY_BROWSERS: boolean;

const IDLE_MS = 1_800_000;
const LEASE_PAUSE_MS = 100;
const REQUEST_MS = 30_000;
const LONGEST_URL = 2048;
const LONGEST_TITLE = 1024;

type Signals = { globalPrivacyControl?: boolean; doNotTrack?: string | null };

/** Sends what happens in a shop's pages to its collector. No method throws, none waits. */
export interface Tracker extends Shop {
  /** Send `page_view` for the page as it is now; `pages: true` (the default) does so by itself. */
  page(fields?: Fields): void;
  /** Send an event: one of the contract's names, or one of your own. */
  track(name: string, fields?: Fields): void;
  /** Whose events these are from now on, on later pages and in other tabs too, until `logout` or `reset`. */
  identify(userId: string, more?: Omit<Identity, "userId">): void;
  /** `identify`, and the event `login_success`. */
  loginSuccess(userId: string, more?: Omit<Identity, "userId">): void;
  /** The event `logout`; later events are anonymous. */
  logout(): void;
  /** Forget user, client and session: whoever comes next is somebody new. */
  reset(): void;
  /** The visitor's decision, kept for later pages. `false` forgets everything, also what was not yet sent. */
  setConsent(analytics: boolean): void;
  /** Send what waits without waiting for more. */
  flush(): Promise<void>;
  /** Listen to the page. `createTracker` has done it; it undoes `stop`. */
  start(): void;
  /** Stop listening, and sending by itself. What waits is kept for the next page. */
  stop(): void;
}

/** Make a tracker and start it. On a server it does nothing. */
export function createTracker(options: Options): Tracker {
  const tracker = makeTracker(options);
  tracker.start();
  return tracker;
}

/** Make a tracker that does not listen to the page before its `start()`. */
export function makeTracker(options: Options): Tracker {
  const { endpoint, writeKey, pages = true, clicks = true } = options;
  const browser = ONLY_BROWSERS || typeof document !== "undefined";
  const now = Date.now;
  const report: Report = (message, detail) => {
    try {
      (options.onError ?? console.warn)(`clickstream: ${message}`, detail);
    } catch {
      // The page's own handler failed; the page must not.
    }
  };
  /** The same function; it throws nothing, and does nothing on a server. */
  const safe = <A extends unknown[]>(run: (...given: A) => void) => (...given: A): void => {
    if (browser)
      try {
        run(...given);
      } catch (error) {
        report("failed", error);
      }
  };

  const store = openStore(() => localStorage);
  const queue = openQueue(store, now, options.queueEvents ?? 1000, (id) => report("dropped: old or too many", id));
  const visitor = openVisitor(store);

  const { globalPrivacyControl, doNotTrack } = (browser ? navigator : {}) as Signals;
  const signalled = !!options.honourPrivacySignals && (!!globalPrivacyControl || doNotTrack === "1");
  const consent = openConsent(store, !!options.consentRequired, signalled);
  const lease = byLease(store, now, Math.random(), () => new Promise((done) => setTimeout(done, LEASE_PAUSE_MS)));
  const sender = createSender(
    (body, keepalive) =>
      fetch(endpoint + (writeKey ? "?writeKey=" + encodeURIComponent(writeKey) : ""), {
        // As text/plain, which needs no preflight.
        method: "POST",
        body,
        keepalive,
        credentials: "omit",
        signal: AbortSignal.timeout?.(REQUEST_MS) as AbortSignal, // none where browsers are older
      }),
    queue,
    store,
    browser && navigator.locks ? byLocks(navigator.locks, lease) : lease,
    consent.allowed,
    now,
    report,
    options.batchEvents ?? 20,
    options.batchMs ?? 2000,
  );

  const cleanUrl = options.cleanUrl ?? ((url: string) => url.replace(/#.*/, ""));
  const clean = (url: string): string => cleanUrl(url).slice(0, LONGEST_URL);
  let url: string;
  let referrer: string;
  safe(() => {
    url = clean(location.href);
    referrer = clean(document.referrer);
  })();
  const send = (name: string, fields?: Fields, at = now()): void => {
    const page = { pageUrl: url, referrer, pageTitle: document.title.slice(0, LONGEST_TITLE) };
    consent.ask(() => {
      const visit = visitor.visit(at);
      const eventId = uuid7(now(), visit.sequence as number);
      const event = {
        ...page,
        ...visitor.identity(),
        ...(consent.given() && { consent: { analytics: true } }),
        ...fields,
        ...visit,
        eventName: name,
        eventId,
        eventTimestamp: at,
      };
      queue.add(eventId, JSON.stringify(event));
      sender.added(eventId);
    });
  };

  const reading = browser ? startReading(now) : undefined!;
  // The page as it is; `due` while its page_view is still to come.
  let due = pages;
  const leave = (): void => {
    const [engagement, seen] = reading.take();
    if (!pages || due || !engagement.activeMs) return;
    // Somebody who was away for the length of a visit left when last seen.
    send("page_leave", { engagement }, now() - seen < IDLE_MS ? now() : seen);
  };
  const moved = (): boolean => {
    const here = clean(location.href);
    if (here === url) return false;
    leave();
    referrer = url;
    url = here;
    return true;
  };
  const page = (fields?: Fields): void => {
    moved();
    due = false;
    reading.restart();
    send("page_view", {
      screen: { width: screen.width, height: screen.height },
      viewport: { width: innerWidth, height: innerHeight },
      locale: navigator.language,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      sdk: { name: "clickstream-tracker", version: VERSION },
      ...fields,
    });
  };
  const view = (): void => {
    if (due) page();
  };
  const track = (name: string, fields?: Fields): void => {
    view();
    send(name, fields);
  };
  let listening = false;
  let hooked = false;
  // A browser asked for the first time for its time zone takes 15 ms for it: not while the page loads.
  const soon = (): void => void (window.requestIdleCallback ?? setTimeout)(safe(() => listening && view()));
  const routeChanged = (): void => {
    if (!pages || !moved()) return;
    due = true;
    // The app sets the title after the address.
    soon();
  };

  const on = (target: EventTarget, types: string, run: (event: globalThis.Event) => void): void =>
    types
      .split(" ")
      .forEach((type) =>
        target.addEventListener(type, safe((event) => listening && run(event)), { capture: true, passive: true }),
      );
  const start = (): void => {
    listening = true;
    if ((document as Document & { prerendering?: boolean }).prerendering)
      return on(document, "prerenderingchange", start);
    sender.start();
    soon();
    if (hooked) return;
    hooked = true;
    for (const name of ["pushState", "replaceState"] as const) {
      const original = history[name];
      history[name] = (...given) => {
        original.apply(history, given);
        if (listening) safe(routeChanged)();
      };
    }
    const hide = (): void => {
      view();
      leave();
      sender.hide();
    };
    on(window, "pagehide", hide);
    on(document, "visibilitychange", () => (document.hidden ? hide() : reading.sign()));
    on(window, "pageshow", (event) => {
      if ((event as PageTransitionEvent).persisted && pages) page();
    });
    on(window, "online", sender.online);
    // Consent waits for the next event: two tabs that catch up at once would make two visitors of one.
    on(window, "storage", () => consent.allowed() || consent.obey());
    on(window, "pointermove pointerdown keydown", () => reading.sign());
    on(window, "scroll", () => reading.sign(true));
    on(window, "popstate", routeChanged);
    if (clicks)
      on(document, "click", (event) => {
        const element = clicked(event.target);
        if (element) track("click", { element });
      });
  };

  const identify = (userId: string, more?: Omit<Identity, "userId">): void =>
    consent.ask(() => visitor.identify({ userId, userLoginState: "logged_in", ...more }));
  const methods: Record<string, (...given: never[]) => void> = {
    ...shop(track),
    page,
    track,
    identify,
    loginSuccess(userId: string, more?: Omit<Identity, "userId">) {
      identify(userId, more);
      track("login_success");
    },
    logout() {
      track("logout");
      consent.ask(() => visitor.identify(null));
    },
    reset: visitor.forget,
    setConsent: consent.decide,
    start,
    stop() {
      listening = false;
      sender.stop();
    },
  };
  for (const name in methods) methods[name] = safe(methods[name]!);
  return { ...methods, flush: async () => (browser ? sender.flush() : undefined) } as unknown as Tracker;
}
