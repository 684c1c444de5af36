import { database } from "@/shop/open";

export const dynamic = "force-dynamic";

/** 200 once the shop can sell: its settings are there and its database answers. */
export async function GET(): Promise<Response> {
  try {
    await database().$queryRaw`SELECT 1`;
    return Response.json({ status: "ready" });
  } catch (error) {
    console.error(JSON.stringify({ event: "storefront.health.failed", error: String(error) }));
    return Response.json({ status: "unavailable" }, { status: 503 });
  }
}
