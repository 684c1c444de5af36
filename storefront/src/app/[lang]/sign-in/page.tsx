import type { Metadata } from "next";
import type { ReactNode } from "react";
import { LoginForm } from "@/components/login-form";
import { messagesOf } from "@/i18n/languages";
import { first, languageOf, within, type Query } from "../request";
import type { LanguageParams } from "../layout";

type Props = LanguageParams & { searchParams: Query };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: messagesOf(await languageOf(params)).signIn, robots: { index: false } };
}

export default async function Page({ params, searchParams }: Props): Promise<ReactNode> {
  const language = await languageOf(params);
  const next = within(first((await searchParams).next), language);
  const messages = messagesOf(language);
  return (
    <div className="shell max-w-md! pt-12">
      {next.endsWith("/checkout") && <p className="mb-4 text-center text-muted">{messages.signInToOrder}. {messages.signInToOrderText}</p>}
      <LoginForm kind="sign-in" next={next} />
    </div>
  );
}
