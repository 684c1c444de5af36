/** How a page is read: time in the foreground, and how far down. */
import type { Engagement } from "./wire.js";

/** Time without any sign of life is counted no longer than this. */
const QUIET_MS = 300_000;

export interface Reading {
  /** A sign of life, or a change of visibility. */
  sign(scrolled?: boolean): void;
  /**
   * What was read since the last time this was asked, and when the last sign of life was (milliseconds since 1970).
   * Reading is over until the next sign of life.
   */
  take(): [engagement: Engagement & { activeMs: number }, seen: number];
  /** Begin with another page. */
  restart(): void;
}

export function startReading(now: () => number): Reading {
  let visible = false;
  let counted = 0;
  let seen = 0;
  let active = 0;
  let depth = 0;

  const count = (): void => {
    if (visible) active += Math.max(0, Math.min(now(), seen + QUIET_MS) - counted);
    counted = now();
    visible = !document.hidden;
  };
  const measure = (): void => {
    const { scrollHeight } = document.documentElement;
    depth = Math.max(depth, Math.min(100, Math.round(((scrollY + innerHeight) / scrollHeight) * 100)));
  };
  const sign = (scrolled?: boolean): void => {
    count();
    seen = counted;
    if (scrolled) measure();
  };
  return {
    sign,
    take() {
      count();
      if (!depth) measure();
      const activeMs = active;
      active = 0;
      visible = false;
      return [{ activeMs, scrollDepth: depth }, seen];
    },
    restart() {
      sign();
      active = depth = 0;
    },
  };
}
