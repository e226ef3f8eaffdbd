import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';
import { goodHeaders, goodTicket } from './testing.ts';

const mainFile = new URL('./main.ts', import.meta.url).pathname;
let directory: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'simulator-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

/** Starts the program and waits for its line. */
async function run(...args: string[]): Promise<{ child: ChildProcess; url: string; line: string }> {
  const child = spawn(process.execPath, [mainFile, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [chunk] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  const line = String(chunk).trim();
  return { child, line, url: line.split(' ').at(-1) ?? '' };
}

const exitCode = async (child: ChildProcess): Promise<unknown> => (await once(child, 'exit'))[0];

describe('the program', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'prints where it listens and ends cleanly on %s',
    async (signal) => {
      const { child, line, url } = await run();
      expect(line).toMatch(/^autotask simulator on http:\/\/127\.0\.0\.1:\d+$/);
      expect((await fetch(`${url}/control/state`)).status).toBe(200);
      child.kill(signal);
      expect(await exitCode(child)).toBe(0);
    },
  );

  it('keeps acknowledged tickets over a kill -9', async () => {
    const first = await run('--data', directory);
    const body = JSON.stringify(goodTicket({ externalID: 'alrt-1' }));
    const created = await fetch(`${first.url}/ATServicesRest/V1.0/Tickets`, {
      method: 'POST',
      headers: goodHeaders,
      body,
    });
    expect(created.status).toBe(200);
    first.child.kill('SIGKILL');
    await exitCode(first.child);
    const second = await run('--data', directory);
    const { tickets } = (await (await fetch(`${second.url}/control/tickets`)).json()) as {
      tickets: unknown[];
    };
    expect(tickets).toMatchObject([{ id: 88_001, externalID: 'alrt-1' }]);
  });

  it('takes the first companies from a file', async () => {
    const file = join(directory, 'sample.json');
    writeFileSync(
      file,
      JSON.stringify([{ id: 300, companyName: 'Demo Dental', companyType: 1, contacts: [] }]),
    );
    const { url } = await run('--sample', file, '--companies', '5');
    const page = await (await fetch(`${url}/companies`)).text();
    expect(page).toContain('Demo Dental');
    expect(page).toContain('6 in all');
  });

  it('ends with a sentence when a flag is wrong', async () => {
    const child = spawn(process.execPath, [mainFile, '--port', 'x'], { stdio: ['ignore', 'ignore', 'pipe'] });
    children.push(child);
    const [text] = await once(child.stderr, 'data');
    expect(String(text)).toContain('--port takes a whole number from 0');
    expect(child.exitCode ?? (await exitCode(child))).toBe(1);
  });
});

describe('flags', () => {
  it('become options', () => {
    expect(
      readOptions(['--threshold', '500', '--no-penalties', '--secret', 'x', '--companies', '7']),
    ).toEqual({
      port: 9401,
      host: '127.0.0.1',
      companies: 7,
      settings: {
        threshold: 500,
        penalties: false,
        credentials: {
          username: 'api.user@msp.example',
          secret: 'x',
          integrationCode: 'SIMULATORTRACKINGCODE000001',
        },
      },
    });
  });

  it('unknown ones are refused', () => {
    expect(() => readOptions(['--nonsense'])).toThrow();
  });
});
