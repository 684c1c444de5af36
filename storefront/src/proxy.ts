import { NextResponse, type NextRequest } from "next/server";
import { isLanguage, preferred } from "./i18n/languages";
import { getPublicSettings } from "./settings";

const COOKIE = "shop_language";

/** Addresses begin with the language, and pages may load and call nothing but what they need. */
export function proxy(request: NextRequest): NextResponse {
  const [, first = ""] = request.nextUrl.pathname.split("/");
  if (!isLanguage(first)) {
    const remembered = request.cookies.get(COOKIE)?.value ?? "";
    const language = isLanguage(remembered) ? remembered : preferred(request.headers.get("accept-language"));
    const url = request.nextUrl.clone(); // with its query: a campaign's tags must not be lost here
    url.pathname = `/${language}${request.nextUrl.pathname}`.replace(/\/$/, "");
    const answer = NextResponse.redirect(url);
    answer.headers.set("Vary", "Accept-Language, Cookie");
    return answer;
  }
  const nonce = crypto.randomUUID();
  const policy = contentPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy); // Next.js takes the nonce for its own scripts from here
  const answer = NextResponse.next({ request: { headers } });
  answer.headers.set("content-security-policy", policy);
  if (request.cookies.get(COOKIE)?.value !== first)
    answer.cookies.set(COOKIE, first, { maxAge: 31_536_000, sameSite: "lax", path: "/" });
  return answer;
}

function contentPolicy(nonce: string): string {
  const { collector, cognitoEndpoint, region, assets } = getPublicSettings();
  const login = cognitoEndpoint ?? `https://cognito-idp.${region}.amazonaws.com`;
  const development = process.env.NODE_ENV === "development";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: ${assets && new URL(assets).origin}`.trim(),
    `connect-src 'self' ${new URL(collector).origin} ${new URL(login).origin}${development ? " ws:" : ""}`,
    "frame-ancestors 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join("; ");
}

export const config = { matcher: ["/((?!_next/|products/|health|favicon|icon|robots.txt).*)"] };
