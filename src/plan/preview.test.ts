import { describe, expect, it } from 'vitest';
import { exampleAlert, exampleConnection, exampleSettings, limits } from './exampleSettings.ts';
import { preview } from './preview.ts';

const text = { limits, link: 'https://herald.example/alerts/1' };
const ana = exampleAlert({ user: { email: 'ana@northwind.example' } });

describe('a preview (decision 21)', () => {
  it('says the whole way in order, and shows the ticket', () => {
    const shown = preview(ana, exampleSettings(), exampleConnection(), text);
    expect(shown.words).toEqual([
      'Organization Northwind is known by the id org-17.',
      "Tickets of Northwind go to Main PSA, the workspace's default connection.",
      'A ticket goes to Main PSA.',
      'Organization Northwind is mapped to account Northwind Dental (id 217).',
      "Contact: the one with ana@northwind.example in this account, else the account's default contact.",
      'Severity critical: priority 1, due in 4 hours.',
      'Issue type: the default, no override matches.',
      'Alerts of Northwind with the same user (ana@northwind.example) share a ticket.',
    ]);
    expect(shown.ticket.title).toBe('Alerts for ana@northwind.example');
    expect(shown.ticket.description).toContain('Id: evt-1');
  });

  it('shows the issue types of the row that matches, and which one that is', () => {
    const base = exampleConnection();
    const overrides = {
      respondRule: [{ match: 'r-1', issueType: '12', subIssueType: '150' }],
      iocRule: [],
      eventType: [{ match: 'iam.outside_location', issueType: '11' }],
    };
    const connection = exampleConnection({ tickets: { ...base.tickets, overrides } });
    const typesOf = (members: Parameters<typeof exampleAlert>[0]) =>
      preview(exampleAlert(members), exampleSettings(), connection, text).issueTypes;
    expect(typesOf({ eventType: 'iam.outside_location', rule: { kind: 'Respond', id: 'r-1' } })).toEqual({
      issueType: '12',
      subIssueType: '150',
      chosenBy: { by: 'respond rule', match: 'r-1' },
    });
    // The default sub-issue type belongs to the default issue type.
    expect(typesOf({ eventType: 'iam.outside_location' })).toEqual({
      issueType: '11',
      subIssueType: null,
      chosenBy: { by: 'event type', match: 'iam.outside_location' },
    });
    expect(typesOf({ eventType: 'other' })).toEqual({
      issueType: '10',
      subIssueType: '101',
      chosenBy: null,
    });
  });

  it('of a connection that is no target yet says so, and why nothing else would go', () => {
    const draft = exampleConnection({ id: 'draft', name: 'Draft PSA' });
    const shown = preview(exampleAlert({ severity: 'low' }), exampleSettings(), draft, text);
    expect(shown.words).toContain('Shown as if its tickets went to Draft PSA.');
    expect(shown.words).toContain('No ticket: severity low is set to no ticket in Draft PSA.');
    expect(shown.plan.deliveries).toMatchObject([{ channelId: 'main', state: 'skipped' }]);
  });

  it('of a paused connection says that it would be held', () => {
    const paused = exampleConnection({ status: 'paused' });
    const shown = preview(ana, exampleSettings({ connections: [paused] }), paused, text);
    expect(shown.words).toContain('Held: Main PSA is paused.');
  });
});
