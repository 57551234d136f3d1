import { spawn } from 'node:child_process';

/** A call of a documentation page and what it is said to answer. */
export interface PageCall {
  readonly language: 'sh' | 'js';
  readonly code: string;
  readonly answer: string;
}

/** The blocks of a page that are marked `call`, each with the `answer` block behind it. */
export function pageCalls(page: string): readonly PageCall[] {
  const blocks = [...page.matchAll(/^```(\w+)(?: (\w+))?\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, language = '', mark, code = ''], i) => {
    if (mark !== 'call') return [];
    const [, , next, answer = ''] = blocks[i + 1] ?? [];
    if (next !== 'answer' || (language !== 'sh' && language !== 'js')) {
      throw new Error(`a call without an answer, or in ${language}: ${code}`);
    }
    return [{ language, code, answer: answer.trim() }];
  });
}

/** Runs a call as it stands, but against another address. @returns what it printed */
export function runCall({ language, code }: PageCall, url: string): Promise<string> {
  const text = code.replaceAll('http://127.0.0.1:8080', url);
  const [command, args] =
    language === 'sh' ? ['bash', ['-c', text]] : [process.execPath, ['--input-type=module', '-e', text]];
  const child = spawn(command as string, args as string[], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve(printed.trim()) : reject(new Error(complaint))));
  });
}

/** The answers that a page's one stands for: any number where it shows one, anything where it shows `…`. */
export function answerPattern(answer: string): RegExp {
  const parts = answer.split(/(…|-?\d+\.?\d*(?:e[-+]?\d+)?)/);
  const pattern = parts.map((part, i) => {
    if (i % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return part === '…' ? '[\\s\\S]*?' : '-?\\d+\\.?\\d*(?:e[-+]?\\d+)?';
  });
  return new RegExp(`^${pattern.join('')}$`);
}
