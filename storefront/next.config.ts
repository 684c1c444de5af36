import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  // AWS's client too: scripts/start.mjs takes it from node_modules.
  serverExternalPackages: ["pg", "@aws-sdk/client-ssm"],
  // For the image: a server with what it needs of node_modules, and no more.
  output: process.env.SHOP_BUILD === "image" ? "standalone" : undefined,
  // scripts/ import them as modules, the server as CommonJS, which is all that tracing finds.
  outputFileTracingIncludes: { "/**": ["./node_modules/{pg,pg-*}/**/*"] },
  headers: async () => [
    {
      source: "/(.*)",
      headers: [
        { key: "X-Content-Type-Options", value: "nosniff" },
        { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
        { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=()" },
      ],
    },
    { source: "/products/(.*)", headers: [{ key: "Cache-Control", value: "public, max-age=86400, stale-while-revalidate=604800" }] },
  ],
};

export default config;
