import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLogLines } from './logLines.ts';

async function directory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'herald-log-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

function open(path: string, flags: string | number): number {
  const fd = openSync(path, flags);
  onTestFinished(() => closeSync(fd));
  return fd;
}

describe('log lines', () => {
  it('arrive whole and in order, those of the last moment too', async () => {
    const path = join(await directory(), 'log');
    const log = pino({ base: undefined, timestamp: false }, createLogLines({ fd: open(path, 'a') }));
    for (let n = 0; n < 100; n += 1) log.info({ n }, 'line');
    await expect.poll(() => readFileSync(path, 'utf8').split('\n').length).toBe(101);
    log.fatal('last');
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).n ?? -1)).toEqual([...Array(100).keys(), -1]);
  });

  it('hold what somebody sent as text: it begins no line and moves no cursor (I-28)', async () => {
    const path = join(await directory(), 'log');
    const lines = createLogLines({ fd: open(path, 'a') });
    const forged = 'x\r\n{"level":60,"msg":"forged"}\n\u001b[2Jgone\u0000';
    pino({ base: undefined, timestamp: false }, lines).warn(
      { title: forged, [forged]: 1, err: new Error(forged) },
      forged,
    );
    lines.flushSync();
    const written = readFileSync(path, 'utf8');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
    expect(written.slice(0, -1)).not.toMatch(/[\u0000-\u001f]/);
    expect(written.endsWith('}\n')).toBe(true);
    expect(JSON.parse(written)).toMatchObject({ level: 40, title: forged, [forged]: 1, msg: forged });
  });

  it.runIf(existsSync('/dev/full'))('to a full disk are lost, and nothing else happens', async () => {
    const lines = createLogLines({ fd: open('/dev/full', 'w'), againMs: 1 });
    for (let n = 0; n < 20; n += 1) {
      lines.write(`line ${n}\n`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(() => lines.flushSync()).not.toThrow();
  });

  it('to a closed file are lost, and nothing else happens', async () => {
    const fd = openSync(join(await directory(), 'log'), 'a');
    closeSync(fd);
    const lines = createLogLines({ fd, againMs: 1 });
    lines.write('line\n');
    await new Promise((resolve) => setTimeout(resolve, 20));
    lines.write('line\n');
    expect(() => lines.flushSync()).not.toThrow();
  });

  it.skipIf(process.platform === 'win32')(
    'to a reader who stalls wait, up to a limit; the loss is told when he reads again',
    async () => {
      const pipe = join(await directory(), 'pipe');
      execFileSync('mkfifo', [pipe]);
      const reader = open(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
      const lines = createLogLines({
        fd: open(pipe, constants.O_WRONLY | constants.O_NONBLOCK),
        mostWaiting: 10_000,
      });
      const line = `${'x'.repeat(999)}\n`;
      for (let n = 0; n < 200; n += 1) {
        lines.write(line);
        if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      }
      let text = '';
      const bytes = Buffer.alloc(1 << 16);
      await expect
        .poll(() => {
          lines.write('again\n');
          try {
            text += bytes.toString('utf8', 0, readSync(reader, bytes));
          } catch (error) {
            expect((error as NodeJS.ErrnoException).code).toBe('EAGAIN');
          }
          return text;
        })
        .toMatch(/"lines":\d+,"msg":"log.lines.lost"/);
      expect(text.startsWith(line)).toBe(true);
    },
  );
});
