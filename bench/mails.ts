/** What it costs to write a mail: the layout filled, and the message as it goes over the line. */
import { alertModel, htmlOf, messageIdOf, messageOf, threadIdOf } from '../src/mail/index.ts';
import { median } from './processes.ts';
import type { Figure } from './report.ts';

const runs = 5;
const mailsPerRun = 500;

export async function mails(): Promise<Figure[]> {
  const model = exampleModel();
  const message = {
    model,
    subject: '[critical] Northwind Dental: New inbox rule after odd sign-in',
    from: 'herald@acme-it.example',
    to: 'soc@northwind.example',
    messageId: messageIdOf(['1'], 'acme-it.example', 'bench'),
    threadId: threadIdOf('bench', 'acme-it.example'),
    date: new Date('2026-11-20T02:14:05Z'),
  };
  const filled: number[] = [];
  const written: number[] = [];
  for (let run = 0; run < runs; run++) {
    filled.push(await medianMicroseconds(() => htmlOf(model)));
    written.push(await medianMicroseconds(() => messageOf(message)));
  }
  return [
    { name: 'Mail about an alert with 20 events: layout filled', values: filled, unit: 'µs', most: 300 },
    { name: 'Mail about an alert with 20 events: whole message', values: written, unit: 'µs' },
  ];
}

async function medianMicroseconds(make: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let mail = 0; mail < mailsPerRun; mail++) {
    const startedAt = performance.now();
    await make();
    times.push((performance.now() - startedAt) * 1_000);
  }
  return median(times);
}

function exampleModel() {
  return alertModel({
    alert: {
      source: 'edr',
      externalId: 'evt-1',
      title: 'New inbox rule after odd sign-in',
      severity: 'critical',
      originalSeverity: 'P1',
      description:
        'Signed in from a country in which nobody of the organization has signed in before. '.repeat(10),
      recommendedAction: 'Call her at a number that you know.\nBlock sign-in and revoke all sessions.',
      user: { name: 'Ana Lima', email: 'ana@northwind.example' },
      device: { name: 'NW-LAPTOP-12', ip: '10.0.0.5' },
      rule: { kind: 'respond', id: 'rr-5', name: 'New inbox rule after odd sign-in' },
      events: Array.from({ length: 20 }, (_, i) => ({
        type: 'mail.inbox_rule_created',
        at: '2026-11-20T02:14:05Z',
        summary: `Rule “${i}” moves mails with “invoice” to RSS Feeds`,
      })),
      url: 'https://edr.example/alerts/1',
      flags: [],
    },
    alertId: '123456',
    organizationName: 'Northwind Dental',
    timeZone: 'Europe/Berlin',
    detail: { respond: true, ioc: true },
    why: 'You get this mail because your address is a recipient of Northwind Dental in Herald.',
    baseUrl: 'https://herald.example',
  });
}
