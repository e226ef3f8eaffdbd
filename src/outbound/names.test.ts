import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createNames, type NameTurns, turnsFor } from './names.ts';

/** A DNS that answers when it is told to, and says for which names it was asked. */
function open(turns: NameTurns = { quick: 2, others: 2 }, mostWaitMs = 10_000) {
  let at = 0;
  const asked: string[] = [];
  const answers = new Map<string, PromiseWithResolvers<string[]>>();
  const names = createNames({
    turns,
    mostWaitMs,
    now: () => at,
    ask(host) {
      asked.push(host);
      const answer = Promise.withResolvers<string[]>();
      answers.set(host, answer);
      return answer.promise;
    },
  });
  return {
    names,
    asked,
    pass: (ms: number) => {
      at += ms;
    },
    async answer(host: string, ...addresses: string[]) {
      answers.get(host)?.resolve(addresses);
      await new Promise(setImmediate);
    },
    async fail(host: string) {
      answers.get(host)?.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
      await new Promise(setImmediate);
    },
  };
}

describe('names that are asked for', () => {
  it('at the same time are one question; later ones are asked anew, so a changed address counts', async () => {
    const { names, asked, answer } = open();
    const both = [names('a.test'), names('a.test')];
    await Promise.resolve();
    await answer('a.test', '192.0.2.1');
    expect(await Promise.all(both)).toEqual([['192.0.2.1'], ['192.0.2.1']]);
    const later = names('a.test');
    await Promise.resolve();
    await answer('a.test', '192.0.2.2');
    expect([await later, asked]).toEqual([['192.0.2.2'], ['a.test', 'a.test']]);
  });

  it('two hundred that hang do not keep the known ones waiting', async () => {
    const { names, asked, answer } = open();
    const first = names('known.test');
    await Promise.resolve();
    await answer('known.test', '192.0.2.1');
    await first;
    const hanging = Array.from({ length: 200 }, (_, n) => names(`dead-${n}.test`).catch(() => []));
    const known = names('known.test');
    await Promise.resolve();
    expect(asked.slice(1)).toEqual(['dead-0.test', 'dead-1.test', 'known.test']);
    await answer('known.test', '192.0.2.2');
    expect(await known).toEqual(['192.0.2.2']);
    for (let n = 0; n < 200; n += 1) await answer(`dead-${n}.test`);
    await Promise.all(hanging);
  });

  it('one that became slow waits with the unknown ones from then on', async () => {
    const { names, asked, answer, pass } = open({ quick: 1, others: 1 });
    for (const host of ['slow.test', 'good.test']) {
      const asking = names(host);
      await Promise.resolve();
      await answer(host);
      await asking;
    }
    const slow = names('slow.test');
    await Promise.resolve();
    pass(5_000);
    await answer('slow.test');
    await slow;
    const again = [names('dead.test'), names('slow.test'), names('good.test')];
    await new Promise(setImmediate);
    expect(asked.slice(3)).toEqual(['dead.test', 'good.test']);
    for (const host of ['dead.test', 'good.test', 'slow.test']) await answer(host);
    await Promise.all(again);
  });

  it('a failure is handed on and its turn goes to the next', async () => {
    const { names, asked, answer, fail } = open({ quick: 1, others: 1 });
    const failed = expect(names('nowhere.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    const next = names('b.test');
    await Promise.resolve();
    await fail('nowhere.test');
    await failed;
    await answer('b.test', '192.0.2.1');
    expect([await next, asked]).toEqual([['192.0.2.1'], ['nowhere.test', 'b.test']]);
  });

  it('one whose turn does not come in time is given up', async () => {
    const { names, asked, answer } = open({ quick: 1, others: 1 }, 20);
    const hanging = names('dead.test');
    await expect(names('b.test')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
    await answer('dead.test');
    await hanging;
    expect(asked).toEqual(['dead.test']);
  });

  it('leave threads for files, whatever their number', () => {
    for (const threads of [4, 8, 16, 128]) {
      const { quick, others } = turnsFor(threads);
      expect(quick + others).toBeLessThan(threads);
    }
    expect(turnsFor(Number.NaN)).toEqual(turnsFor(4));
  });
});

describe('the command', () => {
  it('asks for more threads than four before the first of them is used', async () => {
    const bin = new URL('../../bin/herald', import.meta.url);
    const text = await readFile(bin, 'utf8');
    const setting = /^process\.env\.UV_THREADPOOL_SIZE.*$/m.exec(text)?.[0] ?? '';
    expect(text.indexOf(setting)).toBeLessThan(text.indexOf('import('));
    const count = `
      ${setting}
      const { pbkdf2 } = await import('node:crypto');
      const { readdirSync } = await import('node:fs');
      const work = () => new Promise((done) => pbkdf2('a', 'b', 1000, 64, 'sha512', done));
      await Promise.all(Array.from({ length: 16 }, work));
      console.log(process.platform === 'linux' ? readdirSync('/proc/self/task').length : 99);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', count], {
      env: { PATH: process.env.PATH },
    });
    expect(Number(stdout)).toBeGreaterThan(16);
  });
});
