import type { Metadata } from "next";
import type { ReactNode } from "react";
import { LoginForm } from "@/components/login-form";
import { messagesOf } from "@/i18n/languages";
import { first, languageOf, within, type Query } from "./request";
import type { LanguageParams } from "./layout";

type Props = LanguageParams & { searchParams: Query };
type Kind = "sign-in" | "sign-up";

/** `generateMetadata` of signing in, or up. */
export const loginMetadata = (kind: Kind) => async ({ params }: Props): Promise<Metadata> => {
  const messages = messagesOf(await languageOf(params));
  return { title: kind === "sign-in" ? messages.signIn : messages.signUp, robots: { index: false } };
};

/** The page of signing in, or up; it leads on to the address's `next`. */
export const loginPage = (kind: Kind) =>
  async function Page({ params, searchParams }: Props): Promise<ReactNode> {
    const language = await languageOf(params);
    const next = within(first((await searchParams).next), language);
    const messages = messagesOf(language);
    return (
      <div className="shell max-w-md! pt-12">
        {next.endsWith("/checkout") && <p className="mb-4 text-center text-muted">{messages.signInToOrder}. {messages.signInToOrderText}</p>}
        <LoginForm kind={kind} next={next} />
      </div>
    );
  };
