/** The tracker in a React app, such as one of the Next.js App Router. */
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import type { Options } from "./options.js";
import { makeTracker, type Tracker } from "./tracker.js";

const Context = createContext<Tracker | null>(null);

/** Put it around the app, once, in the root layout. Its options are those of the first render. */
export function ClickstreamProvider({ children, ...options }: Options & { children: ReactNode }): ReactNode {
  const [tracker] = useState(() => makeTracker(options));
  useEffect(() => {
    tracker.start();
    return tracker.stop;
  }, [tracker]);
  return <Context.Provider value={tracker}>{children}</Context.Provider>;
}

/** The tracker of the provider around this component. Call its methods in effects and handlers. */
export function useClickstream(): Tracker {
  const tracker = useContext(Context);
  if (!tracker) throw new Error("useClickstream() needs a <ClickstreamProvider> around it");
  return tracker;
}
