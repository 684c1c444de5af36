import type { ReactNode } from "react";

const PATHS = {
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm9 16-4-4",
  cart: "M3 4h2l2.4 11.2a1.5 1.5 0 0 0 1.5 1.2h8.3a1.5 1.5 0 0 0 1.5-1.2L20.5 8H6M9.5 20.5h.01M17.5 20.5h.01",
  heart: "M12 20.3 4.2 12.6a4.9 4.9 0 0 1 0-7 4.9 4.9 0 0 1 7 0l.8.8.8-.8a4.9 4.9 0 0 1 7 0 4.9 4.9 0 0 1 0 7Z",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8.5a7.5 7.5 0 0 1 15 0",
  truck: "M2 6h12v10H2zM14 10h4l3.5 3.5V16H14M6.5 19a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Zm11 0a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z",
  back: "M9 7H15a5 5 0 0 1 0 10H6M9 7 5 11M9 7 5 3",
  shield: "M12 3 4.5 6v5.5c0 4.6 3.1 8 7.5 9.5 4.400-1.500 7.500-4.900 7.500-9.500V6Zm-3 9 2.200 2.200L15.500 10",
  check: "m5 12.500 4.500 4.500L19 7",
} as const;

export function Icon({ name, filled = false, size = 22 }: { name: keyof typeof PATHS; filled?: boolean; size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill={filled ? "currentColor" : "none"} stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
