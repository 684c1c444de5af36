/**
 * The only reader of the environment. Read when a page is asked for, not when it is built, so that one build runs
 * anywhere; hence the names are looked up by variable, which the bundler does not replace.
 */
export interface PublicSettings {
  collector: string;
  assets: string;
  region: string;
  userPoolId: string;
  userPoolClientId: string;
  /** Where Cognito is played by something else, such as moto. */
  cognitoEndpoint: string | undefined;
  authFlow: "USER_SRP_AUTH" | "USER_PASSWORD_AUTH";
}

export interface Settings extends PublicSettings {
  databaseUrl: string;
  /** Keys of the user pool, for tokens to be verified. */
  keysUrl: string;
  issuer: string;
}

export class SettingsError extends Error {}

type Environment = Record<string, string | undefined>;

/** Throws SettingsError, naming every variable that is missing or wrong. */
export function readSettings(environment: Environment = process.env): Settings {
  const missing: string[] = [];
  const need = (name: string): string => {
    const value = environment[name];
    if (!value) missing.push(name);
    return value ?? "";
  };
  const databaseUrl = need("SHOP_DATABASE_URL");
  const collector = need("NEXT_PUBLIC_CLICKSTREAM_URL");
  const region = need("NEXT_PUBLIC_AWS_REGION");
  const userPoolId = need("NEXT_PUBLIC_COGNITO_USER_POOL_ID");
  const userPoolClientId = need("NEXT_PUBLIC_COGNITO_CLIENT_ID");
  if (missing.length) throw new SettingsError(`the shop needs ${missing.join(", ")} in its environment`);
  const authFlow = environment.NEXT_PUBLIC_COGNITO_AUTH_FLOW || "USER_SRP_AUTH";
  if (authFlow !== "USER_SRP_AUTH" && authFlow !== "USER_PASSWORD_AUTH")
    throw new SettingsError(`NEXT_PUBLIC_COGNITO_AUTH_FLOW is ${authFlow}: USER_SRP_AUTH or USER_PASSWORD_AUTH`);
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`;
  const cognitoEndpoint = environment.NEXT_PUBLIC_COGNITO_ENDPOINT || undefined;
  const keysAt = environment.SHOP_COGNITO_KEYS_ENDPOINT || cognitoEndpoint;
  return {
    databaseUrl,
    collector,
    region,
    userPoolId,
    userPoolClientId,
    cognitoEndpoint,
    authFlow,
    issuer,
    keysUrl: `${keysAt ? `${keysAt}/${userPoolId}` : issuer}/.well-known/jwks.json`,
    assets: environment.NEXT_PUBLIC_ASSETS_URL ?? "",
  };
}

let settings: Settings | undefined;

export const getSettings = (): Settings => (settings ??= readSettings());

/** What browsers may know. */
export function getPublicSettings(): PublicSettings {
  const { collector, assets, region, userPoolId, userPoolClientId, cognitoEndpoint, authFlow } = getSettings();
  return { collector, assets, region, userPoolId, userPoolClientId, cognitoEndpoint, authFlow };
}
