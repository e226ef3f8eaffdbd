/** What holds for every answer to a bad input (promises §3.3). */
import { expect } from 'vitest';
import type { Answer } from './rawHttp.ts';

/** Put into inputs that are refused: an answer that holds it has repeated what was sent. */
export const canary = 'zq7canary';

/** A problem with this status and code, in our words: no stack, no path of a file, nothing of what was sent. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body?.code]).toEqual([status, code]);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(Object.keys(answer.body)).toEqual(
    expect.arrayContaining(['type', 'title', 'status', 'code', 'detail']),
  );
  expectNoLeak(answer);
}

export function expectNoLeak({ status, text }: Answer): void {
  expect(status).toBeLessThan(500);
  expect(text).not.toContain(canary);
  expect(text).not.toMatch(/\n\s+at |node_modules|\.ts:\d|SyntaxError|Unexpected token/);
}

/** Turned away for now: the sender is told when to come again. */
export function expectProblem503(answer: Answer, code: string): void {
  expect([answer.status, answer.body?.code]).toEqual([503, code]);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(answer.text).not.toMatch(/\n\s+at |node_modules|\.ts:\d/);
}
