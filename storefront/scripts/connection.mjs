/**
 * How the shop's database is reached. In the place of the password may stand a reference,
 * postgresql://shop:{{ssm:/clickstream/dev/shop/shop-password}}@…/shop: then Systems Manager is asked for it whenever a
 * connection is opened, so that it stands in no configuration, and a fresh one is taken over without a restart.
 */
import { parse } from "pg-connection-string";

const REFERENCE = /^([a-z]+:\/\/[^:@/]+:)\{\{ssm:(\/?[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*)\}\}(@.+)$/;

/** What pg connects by. Throws where there is no URL, or a reference stands elsewhere. */
export function connection(url, read = readParameter) {
  if (!url) throw new Error("the shop needs SHOP_DATABASE_URL, such as postgresql://shop:…@127.0.0.1:5434/shop");
  if (!url.includes("{{")) return { connectionString: url };
  const [, before, name, after] = REFERENCE.exec(url) ?? [];
  if (!name) throw new Error("SHOP_DATABASE_URL: a reference {{ssm:NAME}} stands for the whole password, and for nothing else");
  return { ...parse(`${before}unread${after}`), password: () => read(name) };
}

async function readParameter(name) {
  // Only where there is a reference: a laptop does not load AWS's client.
  const { GetParametersCommand, SSMClient } = await import("@aws-sdk/client-ssm");
  // GetParameters, not GetParameter: it tells what is missing apart from what is denied.
  const { Parameters: [parameter] = [] } = await new SSMClient({ maxAttempts: 2 }).send(
    new GetParametersCommand({ Names: [name], WithDecryption: true }),
  );
  if (!parameter?.Value) throw new Error(`there is no parameter ${name} in Systems Manager`);
  return parameter.Value;
}
