/** The mail that an alert of bench/load.ts becomes. */
import { alertModel, type MailModel } from '../src/mail/index.ts';

/** The nth one. */
export function modelOf(n: number): MailModel {
  return alertModel({
    alert: {
      source: 'bench',
      externalId: `bench-${n}`,
      title: 'Sign-in from outside the approved location',
      severity: n % 20 === 0 ? 'critical' : 'medium',
      originalSeverity: 'medium',
      description:
        'A sign-in from a country that is not on the list of approved locations was seen and not blocked.',
      eventType: 'iam.outside_location',
      status: 'new',
      occurredAt: '2026-11-20T02:14:05Z',
      organization: { externalId: `org-${n}` },
      user: { email: `user${n}@org${n}.example`, name: `User ${n}` },
      device: { name: `host-${n}`, ip: '198.51.100.7' },
      ip: '203.0.113.9',
      location: { country: 'PT', city: 'Porto' },
      rule: { kind: 'respond', id: 'rr-5', name: 'Odd sign-in' },
      url: `https://edr.example/alerts/${n}`,
      flags: [],
    },
    alertId: String(n),
    organizationName: `Organization ${n}`,
    timeZone: 'UTC',
    receivedAt: new Date('2026-11-20T02:14:06Z'),
    detail: { respond: true, ioc: true },
    why: `You get this mail because your address is a recipient of Organization ${n} in Herald.`,
    baseUrl: 'http://127.0.0.1:8080',
    isTest: false,
  });
}
