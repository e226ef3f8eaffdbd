import { describe, expect, it } from 'vitest';
import { exampleOrganization, exampleSettings } from './exampleSettings.ts';
import { recheckMail } from './mail.ts';
import type { MailSettings, Recipient, Settings } from './types.ts';

function settingsWith(recipients: readonly Recipient[], own: readonly Recipient[] = []): Settings {
  const mail: MailSettings = {
    globalSubject: '{{ alert.title }}',
    organizationSubject: '{{ alert.title }}',
    eventDetail: { respond: true, ioc: true },
    recipients,
  };
  return { ...exampleSettings({ organizations: [exampleOrganization({ recipients: own })] }), mail };
}

const bound = (target: string, isWayOut = false) => ({ target, organizationId: 'northwind', isWayOut });

describe('whether a mail may still go', () => {
  it('is asked of both lists, that of the organization first; a way out is for global recipients', () => {
    const settings = settingsWith(
      [{ address: 'Both@msp.example' }, { address: 'noc@msp.example' }],
      [{ address: 'both@MSP.example' }, { address: 'it@northwind.example' }],
    );
    const both = { kind: 'go', address: 'both@MSP.example', scope: 'organization' };
    expect(recheckMail(bound('both@msp.example'), settings)).toEqual(both);
    const global = { kind: 'go', address: 'Both@msp.example', scope: 'global' };
    expect(recheckMail(bound('both@msp.example', true), settings)).toEqual(global);
    expect(recheckMail(bound('noc@msp.example'), settings)).toMatchObject({ kind: 'go', scope: 'global' });
    expect(recheckMail(bound('it@northwind.example'), settings)).toMatchObject({ scope: 'organization' });
    const removed = { kind: 'skipped', reason: 'recipientRemoved' };
    expect(recheckMail(bound('it@northwind.example', true), settings)).toMatchObject(removed);
    expect(recheckMail(bound('gone@msp.example'), settings)).toMatchObject(removed);
  });

  it('of a whole digest reads a long list once, not once for each alert', () => {
    let read = 0;
    const recipients = Array.from({ length: 1_000 }, (_, i) => ({
      get address() {
        read += 1;
        return `r${i}@msp.example`;
      },
    }));
    const settings = settingsWith(recipients);
    for (let i = 0; i < 1_000; i++) recheckMail(bound('r7@msp.example'), settings);
    expect(read).toBeLessThan(5_000);
  });
});
