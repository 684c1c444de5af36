"use client";
import { Amplify } from "aws-amplify";
import { confirmSignUp, fetchAuthSession, resendSignUpCode, signIn, signOut, signUp } from "aws-amplify/auth";
import type { PublicSettings } from "../settings";

/** Ends of a form that a visitor can do something about; the message's key is `error_` and this. */
export class LoginError extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** Someone who signed up and has not yet given the code from the mail. */
export class Unconfirmed extends Error {}

let flow: PublicSettings["authFlow"] = "USER_SRP_AUTH";

export function configureLogin({ userPoolId, userPoolClientId, cognitoEndpoint, authFlow }: PublicSettings): void {
  if (typeof window === "undefined") return;
  flow = authFlow;
  Amplify.configure(
    { Auth: { Cognito: { userPoolId, userPoolClientId, ...(cognitoEndpoint && { userPoolEndpoint: `${cognitoEndpoint}/` }) } } },
    { ssr: true }, // tokens in cookies, where the server sees them
  );
}

/** Sign in; the Cognito sub. Throws LoginError, Unconfirmed. */
export async function enter(email: string, password: string): Promise<string> {
  return told(async () => {
    const { nextStep } = await signIn({ username: email, password, options: { authFlowType: flow } });
    if (nextStep.signInStep === "CONFIRM_SIGN_UP") throw new Unconfirmed();
    if (nextStep.signInStep !== "DONE") throw new LoginError("mfa");
    return (await whoIsIn()) ?? fail("unknown");
  });
}

/** Sign up. A code goes to the email. Throws LoginError. */
export const register = (email: string, password: string): Promise<void> =>
  told(async () => {
    await signUp({ username: email, password, options: { userAttributes: { email } } });
  });

/** Throws LoginError. */
export const confirm = (email: string, code: string): Promise<void> =>
  told(async () => {
    await confirmSignUp({ username: email, confirmationCode: code });
  });

export const sendCodeAgain = (email: string): Promise<void> =>
  told(async () => {
    await resendSignUpCode({ username: email });
  });

export async function leave(): Promise<void> {
  await signOut();
}

/** The Cognito sub of who is signed in; tokens that are about to expire are renewed by this. */
export async function whoIsIn(): Promise<string | undefined> {
  return (await fetchAuthSession()).userSub;
}

const CODES: Record<string, string> = {
  NotAuthorizedException: "wrong_password",
  UserNotFoundException: "wrong_password",
  UsernameExistsException: "email_taken",
  InvalidPasswordException: "weak_password",
  CodeMismatchException: "wrong_code",
  ExpiredCodeException: "wrong_code",
  LimitExceededException: "too_many",
  TooManyRequestsException: "too_many",
};

const fail = (code: string): never => {
  throw new LoginError(code);
};

async function told<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof LoginError || error instanceof Unconfirmed) throw error;
    const name = error instanceof Error ? error.name : "";
    if (name === "UserNotConfirmedException") throw new Unconfirmed();
    // Somebody is signed in already, in another tab.
    if (name === "UserAlreadyAuthenticatedException") {
      await signOut();
      return run();
    }
    throw new LoginError(CODES[name] ?? "unknown");
  }
}
