import { expect, it } from "vitest";
import { createTracker } from "../src/index.js";

it("does nothing on a server, where pages are rendered too", async () => {
  const told: unknown[] = [];
  const tracker = createTracker({ endpoint: "http://127.0.0.1:9/", onError: (...said) => told.push(said) });
  tracker.page();
  tracker.productView({ id: 1 });
  tracker.loginSuccess("u-1");
  tracker.setConsent(false);
  tracker.reset();
  await tracker.flush();
  tracker.stop();
  expect(told).toEqual([]);
});
