/** Clicks on links and buttons. What a visitor typed is never read. */
import type { Element as ClickedElement } from "./wire.js";

const CLICKABLE = "a[href],button,[role=button],[role=link],input,[data-clickstream]";
const TYPED = "input,textarea,select,[contenteditable]";
const LONGEST_TEXT = 100;

/** What is told of a click on this element; nothing where it is none that counts, or excluded. */
export function clicked(target: EventTarget | null): ClickedElement | undefined {
  if (!(target instanceof Element) || target.closest("[data-clickstream=off]")) return undefined;
  const found = target.closest<HTMLElement>(CLICKABLE);
  if (!found) return undefined;
  return {
    tag: found.tagName.toLowerCase(),
    id: found.id || null,
    role: found.getAttribute("role"),
    text:
      found.closest(TYPED) || found.querySelector(TYPED)
        ? null
        : found.textContent!.trim().replace(/\s+/g, " ").slice(0, LONGEST_TEXT),
    dataset: { ...found.dataset },
  };
}
