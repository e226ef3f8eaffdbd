/** The mail server of the demo, and who gets mail there. */
import type { Severity } from '../alerts/types.ts';

interface DemoRecipient {
  /** Left out: of the MSP itself. */
  organization?: string;
  address: string;
  /** Left out: all. */
  severities?: readonly Severity[];
  note: string;
}

export const mailbox = {
  kind: 'mailbox',
  label: 'mailbox',
  /** Of its pages, and for mail; taken if nobody has them. */
  port: 9425,
  smtpPort: 9426,
  from: 'herald@demo-msp.example',
} as const;

export const recipients: readonly DemoRecipient[] = [
  { address: 'soc@demo-msp.example', note: 'The people who watch.' },
  {
    address: 'oncall@demo-msp.example',
    severities: ['critical'],
    note: 'Rings at night, so only what cannot wait.',
  },
  {
    organization: 'Northwind Dental',
    address: 'office@northwind.example',
    note: 'Wants to hear of everything.',
  },
  {
    organization: 'Contoso Legal',
    address: 'it@contoso.example',
    severities: ['high', 'critical'],
    note: 'Asked for the severe ones.',
  },
];
