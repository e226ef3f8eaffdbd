/** Mail through a real mail server (promises P12): not one that we wrote, and with rules of its own. */
import { simpleParser } from 'mailparser';
import { afterEach, expect, it } from 'vitest';
import { apiOf } from '../harness/setup.ts';
import { settled } from '../harness/stored.ts';
import { openWorld, until, type World } from '../harness/world.ts';
import { type MailRow, mailRows } from '../support/mailWorld.ts';
import { notInstalled, type OpenSmtpd, startOpenSmtpd, whyNoSmtpd } from './openSmtpd.ts';

const whyNot = await whyNoSmtpd();
// A machine that lets nobody mount a file system cannot be mended by a package: there it is said, loudly, and no more.
const isRequired = process.env.REQUIRE_MTA === '1' && (whyNot === undefined || whyNot === notInstalled);
if (whyNot && !isRequired)
  console.warn(
    `\nNO MAIL GOES THROUGH A REAL MAIL SERVER HERE: ${whyNot}. REQUIRE_MTA=1 makes it a failure where it is only not installed.\n`,
  );

let world: World | undefined;
let server: OpenSmtpd | undefined;
afterEach(async () => {
  await world?.close();
  await server?.stop();
});

it.skipIf(whyNot !== undefined && !isRequired)(
  'arrives once in the maildir of a real mail server, and an address that it refuses is parked with its words',
  async () => {
    expect(whyNot).toBeUndefined();
    server = await startOpenSmtpd('mta.test', ['ann']);
    const mta = server;
    world = await openWorld({ roles: ['all'], instances: { smtpPort: mta.port } });
    const api = apiOf(world.instances[0]?.url as string);
    for (const name of ['ann', 'gone'])
      await api('POST', '/email/recipients', { address: `${name}@mta.test` });
    const [customer] = world.customers;
    await world.sender.send({
      externalId: 'evt-mta',
      group: 'Sign-in from Zürich – “odd” .\n.\n',
      reference: customer!.reference,
      severity: 'critical',
    });
    await settled(world.database, 60_000);
    await until('the mail lies in the maildir', async () => (await mta.messages()).length > 0);

    const [ann, gone] = (await world.database.rows<MailRow & Record<string, unknown>>(mailRows)).sort(
      (a, b) => a.target.localeCompare(b.target),
    );
    expect(ann).toMatchObject({ target: 'ann@mta.test', state: 'delivered', attempts: ['confirmed'] });
    expect(gone).toMatchObject({ target: 'gone@mta.test', state: 'failed', attempts: ['refused'] });
    expect(gone?.problem).toMatch(/5\d\d 5\.\d+\.\d+ .*gone@mta\.test/);

    const messages = await mta.messages();
    expect(messages).toHaveLength(1);
    const [raw] = messages as [Buffer];
    expect(raw.toString('latin1').match(/^message-id:/gim)).toHaveLength(1);
    const mail = await simpleParser(raw);
    expect(mail).toMatchObject({
      messageId: ann?.messageId,
      subject: ann?.subject,
      from: { value: [{ address: 'herald@msp.example' }] },
      to: { text: 'ann@mta.test' },
    });
    expect(mail.subject).toContain('Sign-in from Zürich – “odd”');
    expect(mail.text?.trimEnd()).toBe(ann?.text?.trimEnd());
    expect(String(mail.html)).toContain('Zürich');
  },
);
