import cluster from 'node:cluster';
import { type LeadChannel, placeVariable } from './member.js';
import type { ForkMember, FromMember, ToMember } from './messages.js';

/**
 * Members as processes of Node's cluster: they listen on one port, and each connection goes to the next of them in turn.
 * @param script what a member runs, with the same arguments
 */
export function clusterMembers(script: string, args: readonly string[]): ForkMember {
  cluster.setupPrimary({ exec: script, args: [...args] });
  return (place) => {
    const worker = cluster.fork({ [placeVariable]: JSON.stringify(place) });
    // What the cluster itself has to say to a process that has just ended is an error here; the end is told anyhow.
    worker.on('error', () => undefined);
    return {
      pid: worker.process.pid,
      send: (message: ToMember) => void (worker.isConnected() && worker.send(message, () => undefined)),
      kill: (signal) => void worker.process.kill(signal),
      onMessage: (listener) => void worker.on('message', (message: FromMember) => listener(message)),
      onEnd: (listener) => void worker.once('exit', (code, signal) => listener(signal ?? code)),
    };
  };
}

/** The channel of this process to the lead that has started it. */
export function leadChannel(): LeadChannel {
  return {
    send: (message) => void process.send?.(message),
    onMessage: (listener) => void process.on('message', (message) => listener(message as ToMember)),
  };
}
