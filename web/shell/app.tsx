import { useEffect, useState } from 'preact/hooks';
import { LocationProvider, Route, Router, useLocation } from 'preact-iso/router';
import { pages } from '../pages/page-list.js';
import type { SessionReply } from '../server/replies/session-reply.js';
import { storedKey, storeKey } from '../session/client.js';
import { Refusal } from '../session/reply-view.js';
import { allows, SessionProvider, useSession } from '../session/session.js';
import { useReply } from '../session/use-reply.js';
import { Login } from './login.js';
import { Navigation } from './navigation.js';
import { applyTheme, chosenTheme } from './theme.js';

/** The whole studio: asks who is here, then shows the pages that this person may see. */
export function App() {
  const [turn, setTurn] = useState(0);
  const session = useReply<SessionReply>('/studio/api/session', turn);
  useEffect(() => applyTheme(chosenTheme()), []);
  if (session.state === 'waiting') return <Banner />;
  if (session.state === 'refused') {
    const again = () => setTurn(turn + 1);
    return (
      <>
        <Banner />
        {session.error.status === 401 || session.error.status === 403 ? (
          <Login refused={storedKey() === null ? undefined : session.error} onKey={again} />
        ) : (
          <Refusal error={session.error} />
        )}
      </>
    );
  }
  const logOut = () => {
    storeKey(null);
    setTurn(turn + 1);
  };
  return (
    <SessionProvider session={session.value}>
      <LocationProvider>
        <a class="skip" href="#content">
          Skip to the page
        </a>
        <Banner />
        <Navigation onLogOut={logOut} />
        <main id="content" tabIndex={-1}>
          <Router>
            {pages.map(({ path, scope, page, title }) => (
              <Route key={path} path={path} component={guarded(page, scope, title)} />
            ))}
            <Route default component={FirstPage} />
          </Router>
        </main>
      </LocationProvider>
    </SessionProvider>
  );
}

/** Said on every page, before anything else. */
function Banner() {
  return (
    <p class="banner" role="note">
      Research use only. Not a medical device: nothing here may guide the care of a patient.
    </p>
  );
}

type Page = (typeof pages)[number]['page'];
const known = new Map<Page, Page>();

/** A page for those who may see it; one sentence for the others. Made once for each page, so that the router keeps its state. */
function guarded(Inner: Page, scope: (typeof pages)[number]['scope'], title: string): Page {
  const before = known.get(Inner);
  if (before !== undefined) return before;
  const Guarded: Page = () => {
    const session = useSession();
    useEffect(() => {
      document.title = `${title} – thoracle studio`;
    }, []);
    if (allows(session, scope)) return <Inner />;
    return (
      <p class="refusal" role="alert">
        This page needs the scope {scope}; your key has: {session.scopes.join(', ') || 'none'}.
      </p>
    );
  };
  known.set(Inner, Guarded);
  return Guarded;
}

function FirstPage() {
  const session = useSession();
  const { route } = useLocation();
  const first = pages.find(({ scope }) => allows(session, scope));
  useEffect(() => {
    if (first !== undefined) route(first.path, true);
  }, [first, route]);
  return null;
}
