import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { progressView } from './progress.js';

function terminal(columns: number) {
  const written: string[] = [];
  const write = (text: string) => {
    written.push(text);
    return true;
  };
  const noop = () => true;
  const stream = {
    isTTY: true,
    columns,
    write,
    cursorTo: noop,
    clearLine: noop,
    moveCursor: noop,
    clearScreenDown: noop,
  };
  return { stream, text: () => written.join('') };
}

describe('progress', () => {
  test('a narrow terminal shows the numbers, not just the bar', () => {
    const { stream, text } = terminal(40);
    const view = progressView('jobs', stream);
    view.update(3, 39, 1);
    view.stop();
    expect(text()).toMatch(/jobs 3\/39 \| \d+\.\d\/s \| .{1,8} left \| 1 fai/);
  });

  test('without a terminal: a plain line at every tenth', () => {
    const lines: string[] = [];
    const view = progressView('jobs', { write: (line) => lines.push(line) });
    for (let done = 1; done <= 100; done++) view.update(done, 100, 0);
    view.stop();
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toMatch(/^jobs: 100\/100 \(\d+\.\d\/s, 0 s left\)\n$/);
  });

  test('an interrupt shows the cursor again, turns wrapping on, and ends the program', async () => {
    const module = fileURLToPath(new URL('../dist/cli/progress.js', import.meta.url));
    const script = `
      const { progressView } = await import(${JSON.stringify(module)});
      const stream = process.stdout;
      Object.assign(stream, { isTTY: true, columns: 80, cursorTo: () => true, clearLine: () => true });
      progressView('jobs', stream).update(1, 9, 0);
      setInterval(() => {}, 1000);
      process.kill(process.pid, 'SIGINT');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
    expect(signal).toBe('SIGINT');
    expect(text).toContain('\u001b[?25h');
    expect(text).toContain('\u001b[?7h');
  });
});
