import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { SessionReply } from '../server/replies/session-reply.js';

const SessionContext = createContext<SessionReply | undefined>(undefined);

/** Gives the pages what the server said about the person and itself. */
export function SessionProvider({
  session,
  children,
}: {
  readonly session: SessionReply;
  readonly children: ComponentChildren;
}) {
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}

/** Who is here, and what the server has. Only below `SessionProvider`. */
export function useSession(): SessionReply {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('useSession is called outside of SessionProvider');
  return session;
}

/** Whether the person may do what needs this scope. The server refuses it too. */
export function allows({ scopes }: SessionReply, scope: 'predict' | 'read' | 'admin'): boolean {
  return scopes.includes('admin') || scopes.includes(scope);
}
