"use client";
import type { ReactNode } from "react";
import { useShop } from "@/components/shop-provider";

export default function Failed({ reset }: { reset: () => void }): ReactNode {
  const { messages } = useShop();
  return (
    <div className="shell py-24 text-center">
      <h1 className="text-3xl font-bold">{messages.errorTitle}</h1>
      <p className="mt-3 text-muted">{messages.errorText}</p>
      <button type="button" className="button mt-8" onClick={reset}>{messages.tryAgain}</button>
    </div>
  );
}
