import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { ApiError } from '../api/client.js';
import { LanguageToggle, useText, type Messages } from '../text/index.js';
import { useSession } from './session.js';
import './sign-in.css';

function reasonOf(error: unknown, t: Messages): string {
  if (!(error instanceof ApiError)) return t.signIn.failed;
  if (error.unreachable) return t.signIn.unreachable;
  if (error.code === 'account-locked' || error.status === 429) return t.signIn.locked;
  if (error.status === 401 || error.status === 403) return t.signIn.wrong;
  return `${t.signIn.failed} (${t.common.code(error.code)})`;
}

export function SignInPage({ over = false, name = '' }: { over?: boolean; name?: string }) {
  const t = useText();
  const { signIn } = useSession();
  const [username, setUsername] = useState(name);
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const [capsLock, setCapsLock] = useState(false);
  const nameInput = useRef<HTMLInputElement>(null);
  const passwordInput = useRef<HTMLInputElement>(null);

  useEffect(() => {
    (name ? passwordInput : nameInput).current?.focus();
  }, [name]);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (!username.trim() || !password) {
      setProblem(t.signIn.missing);
      (username.trim() ? passwordInput : nameInput).current?.focus();
      return;
    }
    setBusy(true);
    setProblem('');
    try {
      await signIn(username.trim(), password);
    } catch (error) {
      setProblem(reasonOf(error, t));
      setBusy(false);
      passwordInput.current?.select();
    }
  };
  const watchCapsLock = (event: KeyboardEvent): void => setCapsLock(event.getModifierState('CapsLock'));

  return (
    <div className={over ? 'sign-in sign-in-over' : 'sign-in'}>
      {!over && (
        <div className="sign-in-language">
          <LanguageToggle />
        </div>
      )}
      <main className="sign-in-card" role={over ? 'dialog' : undefined} aria-modal={over || undefined}>
        <svg className="sign-in-bridge" viewBox="0 0 240 56" aria-hidden>
          <path d="M4 48h232M28 48v-6c0-26 41-38 92-38s92 12 92 38v6M60 48V22M90 48V12M120 48V8M150 48V12M180 48V22" />
        </svg>
        <h1>{t.productLong}</h1>
        <p className="sign-in-lead">{over ? t.signIn.expired : t.signIn.lead}</p>
        <form onSubmit={(event) => void submit(event)} noValidate>
          <label htmlFor="username">{t.signIn.username}</label>
          <input
            id="username"
            ref={nameInput}
            data-testid="username"
            autoComplete="username"
            autoCapitalize="off"
            spellCheck={false}
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
          <label htmlFor="password">{t.signIn.password}</label>
          <input
            id="password"
            ref={passwordInput}
            data-testid="password"
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            onKeyUp={watchCapsLock}
          />
          <p className="sign-in-problem" role="alert">
            {problem || (capsLock ? t.signIn.capsLock : '')}
          </p>
          <button type="submit" disabled={busy} data-testid="sign-in">
            {busy ? t.signIn.busy : t.signIn.submit}
          </button>
        </form>
      </main>
    </div>
  );
}
