/** Reply of `GET /studio/api/session`: who asks, what they may do, and what the server can show. */
export interface SessionReply {
  readonly version: string;
  /** Null where nobody is asked who they are. */
  readonly caller: string | null;
  readonly scopes: readonly ('predict' | 'read' | 'admin')[];
  /** What the server was started with. */
  readonly has: {
    readonly store: boolean;
    /** A folder of raw files, for pictures. */
    readonly cohort: boolean;
    readonly model: boolean;
    readonly registry: boolean;
    /** Pipelines can be started from the pages. */
    readonly jobs: boolean;
  };
}
