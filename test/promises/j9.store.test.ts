/** A PSA whose TLS cannot be trusted (promises §3.4, J-9). */
import type { TlsOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { startReceiver, startTlsReceiver } from '../../src/outbound/testing/receiver.ts';
import { conclude } from '../harness/conclude.ts';
import { failHandshakes } from '../psa/failingHandshakes.ts';
import { noFindings } from '../psa/faultRuns.ts';
import { certificate, startTlsFront } from '../psa/tlsFront.ts';
import { anAlert } from '../support/alerts.ts';
import { openPsaWorld } from '../support/psa.ts';
import { countOf, mostTestMs } from './counts.ts';

const timed = { timeout: mostTestMs };
const quick = { settleMs: 1_000 };

/** A thousand in one slice of a nightly run. */
const handshakesOfRun = 100;
const mostLeakMb = 5;

describe('a PSA that cannot be trusted', () => {
  const cases: [name: string, shown: string, reason: RegExp, options?: TlsOptions][] = [
    ['an expired certificate', 'expired', /has expired/],
    ['one signed by itself', 'self-signed', /self-signed/],
    ['one for another name', 'other-name', /another name/],
    [
      'TLS 1.0 only',
      'good',
      /no TLS version that is accepted/,
      { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' },
    ],
  ];

  it('J-9: nothing is sent, and the connection says why', timed, async () => {
    const found = noFindings();
    for (let run = 0; run < countOf('J-9'); run += 1) {
      for (const [name, shown, reason, options] of cases) {
        const receiver = await startTlsReceiver({
          key: certificate('key'),
          cert: certificate(shown),
          ...options,
        });
        const zoneUrl = `https://127.0.0.1:${receiver.port}/zoneInformation`;
        const w = await openPsaWorld({ ...quick, zoneUrl, ca: certificate('authority') });
        await w.accept(anAlert());
        const notices = () => w.rows(`select words from connection_notices where matter = 'tls'`);
        await expect.poll(async () => (await notices()).length, { timeout: 10_000 }).toBe(1);
        const [{ words }] = await notices();
        if (!reason.test(words)) found.other.push(`${name}: ${words}`);
        if (receiver.received() !== '') found.leaked.push(`${name}: ${receiver.received()}`);
        const [state] = await w.states();
        if (state !== 'pending') found.other.push(`${name}: ${state}`);
        await w.close();
        await receiver.close();
      }
    }
    conclude('J-9', found);
  });

  it(
    'J-9: a certificate that goes bad in mid-run stops the calls, and a good one lets them go on',
    timed,
    async () => {
      const found = noFindings();
      for (let run = 0; run < countOf('J-9'); run += 1) {
        const front = await startTlsFront();
        const zoneUrl = `${front.url}/atservicesrest/v1.0/zoneInformation`;
        const w = await openPsaWorld({ ...quick, zoneUrl, ca: certificate('authority') });
        front.leadTo(w.simulator.url);
        await w.accept(anAlert());
        await w.settled();
        const before = front.requests();
        front.show('expired');
        await w.accept(anAlert());
        const notices = () => w.rows(`select words from connection_notices where matter = 'tls'`);
        await expect.poll(async () => (await notices()).length, { timeout: 10_000 }).toBe(1);
        const [{ words }] = await notices();
        if (!/has expired/.test(words)) found.other.push(`changed in mid-run: ${words}`);
        const sent = front.requests() - before;
        if (sent > 0) found.leaked.push(`${sent} requests to a certificate that has expired`);
        const waiting = (await w.states()).at(-1) ?? '';
        if (!['pending', 'sending'].includes(waiting)) found.other.push(`changed in mid-run: ${waiting}`);
        front.show('good');
        await w.settled();
        const made = (await w.tickets()).length;
        if (made < 2) found.lost.push(`${made} of 2 tickets`);
        if (made > 2) found.duplicated.push(`${made} tickets for 2 alerts`);
        await w.close();
        front.close();
      }
      conclude('J-9', found);
    },
  );

  it('J-9: a handshake that hangs ends at the deadline, and nothing is sent', timed, async () => {
    const found = noFindings();
    for (let run = 0; run < countOf('J-9'); run += 1) {
      const silent = await startReceiver(() => undefined);
      const zoneUrl = `https://127.0.0.1:${silent.port}/zoneInformation`;
      const w = await openPsaWorld({ ...quick, zoneUrl, ca: certificate('authority') });
      await w.accept(anAlert());
      // It is given up and tried again, each time by a connection of its own.
      await expect.poll(silent.connections, { timeout: 20_000 }).toBeGreaterThan(2);
      if (silent.received().includes('HTTP/1.1'))
        found.leaked.push('a request went out before the handshake');
      const [state] = await w.states();
      if (state !== 'pending') found.other.push(`a handshake that hangs: ${state}`);
      await w.close();
      await silent.close();
    }
    conclude('J-9', found);
  });

  it('J-9: handshakes that fail leave nothing in memory', timed, async () => {
    const count = countOf('J-9') * handshakesOfRun;
    const { wrong, grownMb } = await failHandshakes(count);
    const other = [
      ...wrong,
      ...(grownMb <= mostLeakMb
        ? []
        : [`${count} handshakes left ${grownMb.toFixed(1)} MB, bar ${mostLeakMb} MB`]),
    ];
    conclude('J-9', { other }, { most: { 'left by failing handshakes, MB': grownMb } });
  });
});
