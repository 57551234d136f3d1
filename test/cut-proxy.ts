import { createServer, connect as dial, type Socket } from 'node:net';

/** A proxy before a server that cuts connections when told to. */
export interface CutProxy {
  readonly port: number;
  /** Cuts the next connection that has sent so many bytes more to the server. */
  cutAfter(bytes: number): void;
  /** Cuts the next connection that sends this text, once the server has it, before anything of the answer comes back. */
  cutAtAnswerTo(text: string): void;
  /** Connections cut so far. */
  readonly cuts: number;
  close(): void;
}

type Plan = { readonly kind: 'bytes'; left: number } | { readonly kind: 'answer'; readonly text: string } | undefined;

/** Starts a proxy for a port of this machine. */
export function startCutProxy(target: number): Promise<CutProxy> {
  let plan: Plan;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const cut = (client: Socket, upstream: Socket): void => {
    plan = undefined;
    cuts++;
    client.destroy();
    upstream.destroy();
  };
  const server = createServer((client) => {
    const upstream = dial(target, '127.0.0.1');
    let isMute = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (plan?.kind === 'bytes') {
        plan.left -= bytes.length;
        if (plan.left <= 0) {
          upstream.write(bytes.subarray(0, bytes.length + plan.left));
          cut(client, upstream);
          return;
        }
      }
      if (plan?.kind === 'answer' && bytes.includes(plan.text)) {
        plan = undefined;
        isMute = true;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (isMute) cut(client, upstream);
      else client.write(bytes);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : 0,
        cutAfter: (bytes) => {
          plan = { kind: 'bytes', left: bytes };
        },
        cutAtAnswerTo: (text) => {
          plan = { kind: 'answer', text };
        },
        get cuts() {
          return cuts;
        },
        close: () => {
          server.close();
          for (const socket of sockets) socket.destroy();
        },
      });
    });
  });
}
