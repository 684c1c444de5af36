"use client";
import type { InputHTMLAttributes, ReactNode } from "react";
import type { Messages } from "../i18n/languages";
import { useShop } from "./shop-provider";

type Props = InputHTMLAttributes<HTMLInputElement> & { name: string; label: string; hint?: string; problem?: string | undefined };

/** A labelled input with its hint and what is wrong with it. */
export function Field({ name, label, hint, problem, ...rest }: Props): ReactNode {
  const { messages } = useShop();
  return (
    <div>
      <label htmlFor={name} className="text-sm font-medium">
        {label}
      </label>
      <input id={name} name={name} className="field" aria-invalid={!!problem} aria-describedby={problem || hint ? `${name}-note` : undefined} {...rest} />
      {(problem || hint) && (
        <p id={`${name}-note`} className={`mt-1 text-sm ${problem ? "text-warm" : "text-muted"}`}>
          {problem ? messages[problem as keyof Messages] : hint}
        </p>
      )}
    </div>
  );
}
