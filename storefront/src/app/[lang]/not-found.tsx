"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import { useShop } from "@/components/shop-provider";

export default function NotFound(): ReactNode {
  const { language, messages } = useShop();
  return (
    <div className="shell py-24 text-center">
      <h1 className="text-3xl font-bold">{messages.notFoundTitle}</h1>
      <p className="mt-3 text-muted">{messages.notFoundText}</p>
      <Link href={`/${language}`} className="button mt-8">{messages.home}</Link>
    </div>
  );
}
