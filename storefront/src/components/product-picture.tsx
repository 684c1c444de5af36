import type { ReactNode } from "react";
import { getSettings } from "../settings";

/** The drawing of a product; its place is kept while it loads. */
export function ProductPicture({ id, name, first = false, className = "" }: { id: string; name: string; first?: boolean; className?: string }): ReactNode {
  return (
    <img src={`${getSettings().assets}/products/${id}.svg`} alt={name} width={800} height={600} loading={first ? "eager" : "lazy"} decoding="async" className={`h-auto w-full ${className}`} />
  );
}
