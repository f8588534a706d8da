import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { api, ApiError, setCsrfToken, whenSignedOut } from '../api/client.js';
import type { Permission, Session, SessionUser } from '../api/types.js';

type State =
  | { step: 'asking' }
  | { step: 'unreachable' }
  | { step: 'signed-out' }
  /** `expired`: the server has forgotten us; the page stays, with the sign-in over it. */
  | { step: 'signed-in'; user: SessionUser; username: string; expired: boolean };

const nameKey = 'qiao.username';

interface SessionActions {
  state: State;
  ask: () => void;
  signIn: (username: string, password: string) => Promise<void>;
  signOut: () => Promise<void>;
}

const SessionContext = createContext<SessionActions | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>({ step: 'asking' });

  const enter = useCallback((session: Session, typed?: string) => {
    // The tab remembers the name, so that signing in again after a lapse asks for the password only.
    if (typed) sessionStorage.setItem(nameKey, typed);
    const username = typed ?? sessionStorage.getItem(nameKey) ?? '';
    setCsrfToken(session.csrfToken);
    setState({ step: 'signed-in', user: session.user, username, expired: false });
  }, []);

  const find = useCallback(() => {
    api.session.get().then(
      (session) => enter(session),
      (error: unknown) => {
        const unreachable = !(error instanceof ApiError) || error.status === 0 || error.status >= 500;
        setState({ step: unreachable ? 'unreachable' : 'signed-out' });
      },
    );
  }, [enter]);
  const ask = useCallback(() => {
    setState({ step: 'asking' });
    find();
  }, [find]);

  useEffect(() => {
    whenSignedOut(() => setState((now) => (now.step === 'signed-in' ? { ...now, expired: true } : now)));
    find();
  }, [find]);

  const value = useMemo<SessionActions>(
    () => ({
      state,
      ask,
      signIn: async (username, password) => {
        const session = await api.session.open(username, password);
        // Another person at the same screen must not inherit the first one's page.
        if (state.step === 'signed-in' && state.user.id !== session.user.id) {
          window.location.assign('/');
          return;
        }
        enter(session, username);
      },
      signOut: async () => {
        await api.session.close().catch(() => undefined);
        setCsrfToken('');
        sessionStorage.removeItem(nameKey);
        window.history.replaceState(null, '', '/');
        setState({ step: 'signed-out' });
      },
    }),
    [state, ask, enter],
  );
  return <SessionContext value={value}>{children}</SessionContext>;
}

export function useSession(): SessionActions {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession outside SessionProvider');
  return session;
}

/** The signed-in person; only for pages behind the sign-in. */
export function useUser(): SessionUser {
  const { state } = useSession();
  if (state.step !== 'signed-in') throw new Error('no one is signed in');
  return state.user;
}

export const may = (user: SessionUser, permission: Permission): boolean => user.permissions.includes(permission);
