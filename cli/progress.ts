import { Presets, SingleBar } from 'cli-progress';
import type { Sink } from './io.js';

/** Shows how far a stage is. */
export interface ProgressView {
  update(done: number, total: number, failed: number): void;
  stop(): void;
}

/** Columns that the numbers beside a bar take, with room for some growth. */
const numbersWidth = 48;

/** A bar with count, rate and remaining time on a terminal; a plain line at every tenth otherwise. */
export function progressView(label: string, sink: Sink): ProgressView {
  return sink.isTTY ? barView(label, sink as NodeJS.WriteStream) : lineView(label, sink);
}

function barView(label: string, stream: NodeJS.WriteStream): ProgressView {
  const bar = new SingleBar(
    {
      format: `${label} {value}/{total} | {rate}/s | {eta_formatted} left | {failed} failed {bar}`,
      barsize: Math.max(0, Math.min(40, (stream.columns ?? 80) - label.length - numbersWidth)),
      stream,
      clearOnComplete: false,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  const startMs = performance.now();
  let started = false;
  // The bar hides the cursor and turns line wrapping off; a terminal must not be left like that.
  const restore = (signal: NodeJS.Signals) => {
    bar.stop();
    process.kill(process.pid, signal);
  };
  const stopSignals = ['SIGINT', 'SIGTERM'] as const;
  return {
    update: (done, total, failed) => {
      const rate = (done / Math.max(1e-3, (performance.now() - startMs) / 1000)).toFixed(1);
      if (!started) {
        started = true;
        bar.start(total, 0, { rate: '0.0', failed: 0 });
        for (const signal of stopSignals) process.once(signal, restore);
      }
      bar.setTotal(total);
      bar.update(done, { rate, failed });
    },
    stop: () => {
      if (!started) return;
      for (const signal of stopSignals) process.removeListener(signal, restore);
      bar.stop();
    },
  };
}

function lineView(label: string, sink: Sink): ProgressView {
  const startMs = performance.now();
  let lastTenth = 0;
  return {
    update: (done, total, failed) => {
      const tenth = Math.floor((10 * done) / Math.max(1, total));
      if (tenth === lastTenth) return;
      lastTenth = tenth;
      const seconds = (performance.now() - startMs) / 1000;
      const rate = done / Math.max(1e-3, seconds);
      const left = Math.ceil((total - done) / Math.max(1e-3, rate));
      const failures = failed > 0 ? `, ${failed} failed` : '';
      sink.write(`${label}: ${done}/${total} (${rate.toFixed(1)}/s, ${left} s left${failures})\n`);
    },
    stop: () => undefined,
  };
}
