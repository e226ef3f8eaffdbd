import { describe, expect, it } from 'vitest';
import { planDeliveries } from './deliveries.ts';
import { exampleAlert, exampleConnection, exampleOrganization, exampleSettings } from './exampleSettings.ts';
import { outlookOf } from './outlook.ts';
import type { MailSettings, Organization, Settings } from './types.ts';

const mail: MailSettings = {
  globalSubject: '{{ alert.title }}',
  organizationSubject: '{{ alert.title }}',
  eventDetail: { respond: true, ioc: true },
  recipients: [{ address: 'noc@msp.example' }, { address: 'boss@msp.example', severities: ['critical'] }],
};

function look(
  organization: Partial<Organization> = {},
  {
    mail: given,
    stopped = [],
    ...more
  }: { mail?: MailSettings | null; stopped?: readonly string[] } & Parameters<typeof exampleSettings>[0] = {},
) {
  const one = exampleOrganization(organization);
  const settings: Settings = {
    ...exampleSettings({ organizations: [one], ...more }),
    ...(given !== null && { mail: given ?? mail }),
  };
  const all = outlookOf(one, settings, new Set(stopped));
  return { all, settings, of: (severity: string) => all.find((entry) => entry.severity === severity)! };
}

describe('the outlook of an organization', () => {
  it('names the account and the recipients with their format, most severe first', () => {
    const { all, of } = look({ recipients: [{ address: 'it@northwind.example' }] });
    expect(all.map(({ severity }) => severity)).toEqual([
      'critical',
      'high',
      'medium',
      'low',
      'informational',
    ]);
    expect(of('critical').ticket).toEqual({
      kind: 'goes',
      words: 'A ticket in Main PSA, for account Northwind Dental.',
      connectionId: 'main',
      accountId: '217',
    });
    expect(of('critical').mail.words).toBe(
      'E-mail to it@northwind.example (in the format of the organization); noc@msp.example, boss@msp.example (in the global format).',
    );
    expect(of('high').mail.recipients).toEqual([
      { address: 'noc@msp.example', scope: 'global' },
      { address: 'it@northwind.example', scope: 'organization' },
    ]);
  });

  it('says why there is no ticket, and where the catch-all stands in', () => {
    const { of } = look({ id: 'elsewhere', name: 'Elsewhere' });
    expect(of('low').ticket).toMatchObject({
      kind: 'none',
      words: 'No ticket: severity low is set to no ticket in Main PSA.',
    });
    expect(of('high').ticket.words).toBe('A ticket in Main PSA, for the catch-all account Acme IT.');
  });

  it('says what a pause and a refused login hold', () => {
    const paused = look({}, { connections: [exampleConnection({ status: 'paused' })] });
    expect(paused.of('high').ticket).toMatchObject({
      kind: 'held',
      words: 'Held: Main PSA is paused. Then: a ticket for account Northwind Dental.',
    });
    const stopped = look({}, { mail: { ...mail, attention: 'The server does not accept the password.' } });
    expect(stopped.of('high').mail).toMatchObject({
      kind: 'held',
      words:
        'Held: the mail servers need a person: The server does not accept the password. Then: E-mail to noc@msp.example (in the global format).',
    });
  });

  it.each([
    [{ enabled: false, tickets: true, email: true }, 'No e-mail: PSA & email is off for Northwind.'],
    [{ enabled: true, tickets: true, email: false }, 'No e-mail: e-mail is off for Northwind.'],
  ])('says which switch keeps mail back: %j', (delivery, words) => {
    const expected = { kind: 'none', words, recipients: [], stopped: [] };
    expect(look({ delivery }, { stopped: ['noc@msp.example'] }).of('critical').mail).toEqual(expected);
  });

  it('names addresses that were stopped, of those who want the severity, whatever their letter case', () => {
    const { of } = look(
      { recipients: [{ address: 'IT@northwind.example' }] },
      { stopped: ['it@northwind.example', 'boss@msp.example', 'other@msp.example'] },
    );
    expect(of('critical').mail).toEqual({
      kind: 'goes',
      words:
        'E-mail to noc@msp.example (in the global format). No mail goes to boss@msp.example, IT@northwind.example any more: they were refused again and again.',
      recipients: [{ address: 'noc@msp.example', scope: 'global' }],
      stopped: ['boss@msp.example', 'IT@northwind.example'],
    });
    expect(of('high').mail.stopped).toEqual(['IT@northwind.example']);
  });

  it('says that nobody is mailed when all addresses are stopped, also while the servers need a person', () => {
    const attention = 'The server does not accept the password.';
    const { of } = look({}, { mail: { ...mail, attention }, stopped: ['noc@msp.example'] });
    expect(of('high').mail).toEqual({
      kind: 'none',
      words: 'No mail goes to noc@msp.example any more: it was refused again and again.',
      recipients: [],
      stopped: ['noc@msp.example'],
    });
    expect(of('critical').mail).toMatchObject({ kind: 'held', stopped: ['noc@msp.example'] });
  });

  it('says that nothing is set up, that nobody is listed, and that nobody wants this severity', () => {
    const nothing = look({}, { connections: [], mail: null });
    expect(nothing.of('high')).toMatchObject({
      ticket: { kind: 'none', words: 'No ticket: no PSA connection is set up.' },
      mail: { kind: 'none', words: 'No e-mail: it is not set up.' },
    });
    const nobody = look({}, { mail: { ...mail, recipients: [] } });
    expect(nobody.of('high').mail.words).toBe('No e-mail: there is no recipient.');
    const few = look(
      {},
      { mail: { ...mail, recipients: [{ address: 'a@b.example', severities: ['critical'] }] } },
    );
    expect(few.of('high').mail.words).toBe('No e-mail: no recipient is to get alerts of severity high.');
  });

  it('says the same as the plan of an alert that comes now', () => {
    for (const delivery of [
      { enabled: true, tickets: true, email: true },
      { enabled: true, tickets: false, email: true },
      { enabled: false, tickets: true, email: true },
    ]) {
      const { all, settings } = look({ delivery, recipients: [{ address: 'IT@northwind.example' }] });
      for (const { severity, ticket, mail } of all) {
        const { deliveries } = planDeliveries(exampleAlert({ severity }), settings);
        const goes = deliveries.filter(({ state }) => state === 'pending');
        expect(goes.some(({ channelId }) => channelId === 'main')).toBe(ticket.kind === 'goes');
        expect(goes.flatMap(({ target }) => target ?? [])).toEqual(
          mail.recipients.map(({ address }) => address.toLowerCase()),
        );
      }
    }
  });
});
