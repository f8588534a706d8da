import { lazy, Suspense, useEffect, type ComponentType } from 'react';
import { dropFirstPicture } from './first-picture/take-first-picture.js';
import { roomsOf, type OfficePath } from './office/office-rooms.js';
import { PageGuard, PlainPage } from './plain-page.js';
import { usePath } from './router.js';
import { may, SessionProvider, useSession } from './session/session.js';
import { SignInPage } from './session/sign-in-page.js';
import { LanguageProvider, useText } from './text/index.js';
import type { SessionUser } from './api/types.js';

const WorklistPage = lazy(() => import('./worklist/worklist-page.js'));
const ReadingPage = lazy(() => import('./reading/reading-page.js'));
const TownshipPage = lazy(() => import('./township/township-page.js'));
const ResultPage = lazy(() => import('./result/result-page.js'));
const OFFICE_PAGES: Record<OfficePath, ComponentType> = {
  figures: lazy(() => import('./figures/figures-page.js')),
};
const NoRoomPage = lazy(() => import('./office/no-room-page.js'));

function Home({ user }: { user: SessionUser }) {
  const [first] = roomsOf(user);
  if (may(user, 'worklist.view') && (may(user, 'report.write') || may(user, 'report.review'))) return <WorklistPage />;
  if (may(user, 'upload.send') || may(user, 'exam.follow')) return <TownshipPage />;
  const Page = first ? OFFICE_PAGES[first.path] : NoRoomPage;
  return <Page />;
}

function Route({ user }: { user: SessionUser }) {
  const path = usePath();
  const t = useText();
  const [, room = '', id = ''] = path.split('/');
  useEffect(() => {
    if (room !== 'reads') dropFirstPicture();
  }, [room]);
  if (path === '/') return <Home user={user} />;
  if (room === 'reads' && id) return <ReadingPage key={id} id={decodeURIComponent(id)} />;
  if (room === 'results' && id) return <ResultPage key={id} id={decodeURIComponent(id)} />;
  const office = roomsOf(user).find(({ path: own }) => own === room);
  if (office) {
    const Page = OFFICE_PAGES[office.path];
    return <Page />;
  }
  return (
    <PlainPage title={t.common.notFound} action={{ label: t.common.back, act: () => window.location.assign('/') }} />
  );
}

function Rooms() {
  const { state, ask } = useSession();
  const t = useText();
  const out = state.step === 'signed-out' || state.step === 'unreachable';
  useEffect(() => {
    if (out) dropFirstPicture();
  }, [out]);
  if (state.step === 'asking') return <PlainPage title={t.common.loading} />;
  if (state.step === 'unreachable') {
    return (
      <PlainPage
        title={t.common.unreachable}
        detail={t.signIn.unreachable}
        action={{ label: t.common.retry, act: ask }}
      />
    );
  }
  if (state.step === 'signed-out') return <SignInPage />;
  return (
    <>
      <PageGuard>
        <Suspense fallback={<PlainPage title={t.common.loadingPage} />}>
          <Route user={state.user} />
        </Suspense>
      </PageGuard>
      {state.expired && <SignInPage over name={state.username} />}
    </>
  );
}

export function App() {
  return (
    <LanguageProvider>
      <SessionProvider>
        <Rooms />
      </SessionProvider>
    </LanguageProvider>
  );
}
