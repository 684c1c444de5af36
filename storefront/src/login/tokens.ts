import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from "jose";

export interface Customer {
  /** The Cognito sub. */
  id: string;
  email: string;
}

export interface Pool {
  issuer: string;
  keysUrl: string;
  userPoolClientId: string;
}

/** The ID token among the cookies that Amplify writes. */
export function tokenIn(cookies: ReadonlyMap<string, string>, clientId: string): string | undefined {
  const prefix = `CognitoIdentityServiceProvider.${clientId}.`;
  const user = cookies.get(`${prefix}LastAuthUser`);
  if (!user) return undefined;
  // Amplify encodes the user in the cookie's name, and both may be encoded once more on the way.
  for (const name of [user, encodeURIComponent(user), decoded(user)]) {
    const token = cookies.get(`${prefix}${name}.idToken`);
    if (token) return token;
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not encoded at all
  }
}

/** A function that says whose a token is: nobody's where it is forged, expired or of another pool. */
export function verifier(
  { issuer, keysUrl, userPoolClientId }: Pool,
  keys: JWTVerifyGetKey = createRemoteJWKSet(new URL(keysUrl)),
): (token: string) => Promise<Customer | undefined> {
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience: userPoolClientId, algorithms: ["RS256"] });
      const { sub, email, token_use: use } = payload;
      return use === "id" && sub && typeof email === "string" ? { id: sub, email } : undefined;
    } catch (error) {
      // A token that does not hold is an answer; keys that cannot be had are not.
      if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) return undefined;
      throw error;
    }
  };
}
