"use client";
import { ClickstreamProvider, useClickstream } from "@clickstream/tracker/react";
import { useRouter } from "next/navigation";
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { messagesOf, type Language, type Messages } from "../i18n/languages";
import { configureLogin, whoIsIn } from "../login/session";
import type { PublicSettings } from "../settings";

interface Shop {
  language: Language;
  messages: Messages;
  settings: PublicSettings;
  /** The Cognito sub of who is signed in. */
  customerId: string | undefined;
}

const Context = createContext<Shop | null>(null);

export function useShop(): Shop {
  const shop = useContext(Context);
  if (!shop) throw new Error("useShop() needs a <ShopProvider> around it");
  return shop;
}

/** Pages of orders are one page to the statistics, without the order's number. */
const withoutOrder = (url: string): string => url.replace(/#.*/, "").replace(/\/CS-\d{6}-[A-Z0-9]{6}/, "/order");

interface Props {
  language: Language;
  settings: PublicSettings;
  customerId: string | undefined;
  children: ReactNode;
}

/** The language, the login and the tracker for everything below. */
export function ShopProvider({ language, settings, customerId, children }: Props): ReactNode {
  useState(() => configureLogin(settings)); // before the first effect of anything below
  return (
    <Context value={{ language, messages: messagesOf(language), settings, customerId }}>
      <ClickstreamProvider endpoint={settings.collector} consentRequired cleanUrl={withoutOrder}>
        <KnownCustomer customerId={customerId} />
        {children}
      </ClickstreamProvider>
    </Context>
  );
}

/** The tracker knows who is signed in; and where the server's token has run out, Amplify's renewed one is shown to it. */
function KnownCustomer({ customerId }: { customerId: string | undefined }): null {
  const clickstream = useClickstream();
  const router = useRouter();
  useEffect(() => {
    if (customerId) clickstream.identify(customerId, { identitySource: "cognito" });
    else
      void whoIsIn().then(
        (sub) => sub && router.refresh(),
        () => undefined, // nobody, or the login is away: the visitor stays a guest
      );
  }, [clickstream, customerId, router]);
  return null;
}
