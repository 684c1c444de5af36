/** The user pool of a machine without AWS, in moto. Its ids are made of its name, so they are the same after a restart. */
const NAME = "clickstream-shop";

async function call(endpoint, action, body) {
  const answer = await fetch(`${endpoint}/`, {
    method: "POST",
    headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": `AWSCognitoIdentityProviderService.${action}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(`${action}: ${answer.status} ${JSON.stringify(said)}`);
  return said;
}

/** Find the pool and its client, or make them as infra/cloudformation/50-frontend.yaml does; their ids. */
export async function ensurePool(endpoint) {
  const { UserPools: pools } = await call(endpoint, "ListUserPools", { MaxResults: 60 });
  let poolId = pools.find(({ Name }) => Name === NAME)?.Id;
  if (!poolId) {
    const { UserPool: made } = await call(endpoint, "CreateUserPool", {
      PoolName: NAME,
      UsernameAttributes: ["email"],
      AutoVerifiedAttributes: ["email"],
      Policies: { PasswordPolicy: { MinimumLength: 12, RequireLowercase: true, RequireUppercase: true, RequireNumbers: true, RequireSymbols: false } },
    });
    poolId = made.Id;
  }
  const { UserPoolClients: clients } = await call(endpoint, "ListUserPoolClients", { UserPoolId: poolId, MaxResults: 60 });
  let clientId = clients.find(({ ClientName }) => ClientName === NAME)?.ClientId;
  if (!clientId) {
    const { UserPoolClient: made } = await call(endpoint, "CreateUserPoolClient", {
      UserPoolId: poolId,
      ClientName: NAME,
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    });
    clientId = made.ClientId;
  }
  return { poolId, clientId };
}
