/** What is under way has so long when the server is asked to stop: the managed platform kills a container 30 s after that. */
export const drainMs = 25_000;
/** At a reload the old processes wait so long for one more request on connections that are there. */
export const lingerMs = 10_000;
