"use client";
import { useClickstream } from "@clickstream/tracker/react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useState, useTransition, type ReactNode } from "react";
import { adopt } from "../actions/cart";
import { fill } from "../i18n/languages";
import { confirm, enter, LoginError, register, sendCodeAgain, Unconfirmed } from "../login/session";
import { ErrorText } from "./error-text";
import { Field } from "./field";
import { useShop } from "./shop-provider";

/** Sign in or sign up; `next` is where it goes then. */
export function LoginForm({ kind, next }: { kind: "sign-in" | "sign-up"; next: string }): ReactNode {
  const { language, messages, settings } = useShop();
  const clickstream = useClickstream();
  const router = useRouter();
  const [busy, begin] = useTransition();
  const [account, setAccount] = useState<{ email: string; password: string }>();
  const [error, setError] = useState<string>();
  const [resent, setResent] = useState(false);
  useEffect(() => clickstream.loginOpen(), [clickstream]);

  const run = (work: () => Promise<void>): void =>
    begin(async () => {
      setError(undefined);
      try {
        await work();
      } catch (problem) {
        setError(problem instanceof LoginError ? problem.code : "unknown");
      }
    });
  const finish = async (email: string, password: string): Promise<void> => {
    const sub = await enter(email, password);
    clickstream.loginSuccess(sub, { identitySource: "cognito" });
    await adopt();
    router.replace(next);
    router.refresh();
  };
  const submit = (form: FormData): void => {
    const email = String(form.get("email")).trim();
    const password = String(form.get("password"));
    run(async () => {
      try {
        if (kind === "sign-in") return await finish(email, password);
        await register(email, password);
      } catch (problem) {
        if (!(problem instanceof Unconfirmed)) throw problem;
      }
      setAccount({ email, password });
    });
  };
  const check = (form: FormData): void =>
    run(async () => {
      await confirm(account!.email, String(form.get("code")).trim());
      await finish(account!.email, account!.password);
    });

  const send = (handle: (form: FormData) => void) => (event: React.FormEvent<HTMLFormElement>): void => {
    event.preventDefault(); // an action of React's would empty the form where the password was wrong
    handle(new FormData(event.currentTarget));
  };
  if (account)
    return (
      <form onSubmit={send(check)} className="card space-y-4" data-clickstream="off">
        <h1 className="text-2xl font-bold">{messages.confirmTitle}</h1>
        <p className="text-muted">
          {settings.cognitoEndpoint ? messages.confirmTextLocal : fill(messages.confirmText, { email: account.email })}
        </p>
        <Field name="code" label={messages.confirmCode} inputMode="numeric" autoComplete="one-time-code" pattern="\d{6}" required autoFocus />
        {error && <ErrorText code={error} />}
        <button type="submit" id="confirm" className="button w-full" disabled={busy}>
          {busy ? messages.working : messages.confirm}
        </button>
        <button type="button" className="w-full cursor-pointer text-sm underline underline-offset-4" disabled={busy} onClick={() => run(async () => { await sendCodeAgain(account.email); setResent(true); })}>
          {resent ? messages.resent : messages.resend}
        </button>
      </form>
    );
  const signUp = kind === "sign-up";
  return (
    <form onSubmit={send(submit)} method="post" className="card space-y-4" data-clickstream="off">
      <h1 className="text-2xl font-bold">{signUp ? messages.signUp : messages.signIn}</h1>
      <Field name="email" label={messages.email} type="email" autoComplete="email" required maxLength={128} />
      <Field name="password" label={messages.password} type="password" required minLength={signUp ? 12 : 1} maxLength={256} autoComplete={signUp ? "new-password" : "current-password"} {...(signUp && { hint: messages.passwordHint, pattern: "(?=.*[a-z])(?=.*[A-Z])(?=.*\\d).{12,}", title: messages.passwordHint })} />
      {error && <ErrorText code={error} />}
      <button type="submit" id={kind} className="button w-full" disabled={busy}>
        {busy ? messages.working : signUp ? messages.signUp : messages.signIn}
      </button>
      <p className="text-center text-sm text-muted">
        {signUp ? messages.haveAccount : messages.noAccount}{" "}
        <Link href={`/${language}/${signUp ? "sign-in" : "sign-up"}?next=${encodeURIComponent(next)}`} className="font-medium text-accent underline underline-offset-4">
          {signUp ? messages.signIn : messages.signUp}
        </Link>
      </p>
    </form>
  );
}
