import { Presets, SingleBar } from 'cli-progress';
import type { Sink } from './io.js';

/** Shows how far a stage is. */
export interface ProgressView {
  update(done: number, total: number, failed: number): void;
  stop(): void;
}

/** A bar with count, rate and remaining time on a terminal; a plain line at every tenth otherwise. */
export function progressView(label: string, sink: Sink): ProgressView {
  return sink.isTTY ? barView(label, sink as NodeJS.WriteStream) : lineView(label, sink);
}

function barView(label: string, stream: NodeJS.WriteStream): ProgressView {
  const bar = new SingleBar(
    {
      format: `${label} {bar} {value}/{total} | {rate}/s | {eta_formatted} left | {failed} failed`,
      stream,
      clearOnComplete: false,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  const startMs = performance.now();
  let started = false;
  return {
    update: (done, total, failed) => {
      const rate = (done / Math.max(1e-3, (performance.now() - startMs) / 1000)).toFixed(1);
      if (!started) bar.start(total, 0, { rate: '0.0', failed: 0 });
      started = true;
      bar.setTotal(total);
      bar.update(done, { rate, failed });
    },
    stop: () => {
      if (started) bar.stop();
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
