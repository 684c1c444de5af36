"use client";
import { useClickstream } from "@clickstream/tracker/react";
import type { ShopProduct } from "@clickstream/tracker";
import { useState, type ReactNode } from "react";
import { useShop } from "./shop-provider";

const TARGETS = {
  facebook: (url: string) => `https://www.facebook.com/sharer/sharer.php?u=${encodeURIComponent(url)}`,
  zalo: (url: string) => `https://zalo.me/share?url=${encodeURIComponent(url)}`,
};

export function ShareButtons({ product }: { product: ShopProduct }): ReactNode {
  const { messages } = useShop();
  const clickstream = useClickstream();
  const [copied, setCopied] = useState(false);
  const here = (): string => location.origin + location.pathname;
  const share = (channel: keyof typeof TARGETS): void => {
    clickstream.shareClick(product, channel);
    window.open(TARGETS[channel](here()), "_blank", "noopener");
  };
  const copy = (): void => {
    clickstream.shareClick(product, "copy");
    void navigator.clipboard.writeText(here()).then(() => setCopied(true), () => setCopied(false));
  };
  const look = "min-h-9 cursor-pointer font-medium underline underline-offset-4 hover:text-accent";
  return (
    <p className="flex flex-wrap items-center gap-x-4 text-sm text-muted">
      {messages.share}:
      <button type="button" className={look} onClick={() => share("facebook")}>{messages.shareFacebook}</button>
      <button type="button" className={look} onClick={() => share("zalo")}>{messages.shareZalo}</button>
      <button type="button" id="share-copy" className={look} onClick={copy}>{copied ? messages.shareCopied : messages.shareCopy}</button>
    </p>
  );
}
