/** A small app in React's strict mode, for the test in a browser: two product pages and a link between them. */
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { ClickstreamProvider, useClickstream } from "../dist/react.js";

function Product({ id }: { id: string }) {
  const clickstream = useClickstream();
  useEffect(() => {
    document.title = id;
    if (!seen.has(id)) clickstream.productView({ id });
    seen.add(id);
  }, [clickstream, id]);
  return <h1>{id}</h1>;
}

// Strict mode runs effects twice; a shop that minds marks what it has told.
const seen = new Set<string>();

function App({ endpoint }: { endpoint: string }) {
  const [path, setPath] = useState(location.pathname);
  const go = () => {
    history.pushState(null, "", "/product-2");
    setPath("/product-2");
  };
  return (
    <ClickstreamProvider endpoint={endpoint} clicks={false} batchMs={50}>
      <Product id={path.slice(1)} />
      <button onClick={go}>Next</button>
    </ClickstreamProvider>
  );
}

const root = document.getElementById("root")!;
createRoot(root).render(
  <StrictMode>
    <App endpoint={root.dataset["endpoint"]!} />
  </StrictMode>,
);
