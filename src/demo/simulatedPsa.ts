/** The PSA of the demo, filled in as a person would: the only file of the demo that knows a vendor. */
import { catchAllName, organizations } from './organizations.ts';

const username = 'api.user@msp.example';
const secret = 'Sim-Secret-1';
const integrationCode = 'SIMULATORTRACKINGCODE000001';

interface Company {
  id: number;
  companyName: string;
  companyType: number;
  classification: number;
  isActive: boolean;
  contacts: { firstName: string; lastName: string; emailAddress: string; primaryContact: boolean }[];
  contracts?: readonly Contract[];
}

interface Contract {
  id: number;
  contractName: string;
  contractNumber?: string;
  /** Recurring where it is left out. */
  contractType?: number;
  endDate?: string;
}

/** Contacts by organization: the first is the primary one. Not everybody whom the alerts name is among them. */
const people: Record<string, readonly string[]> = {
  [catchAllName]: ['Service Desk desk@acme-it.example'],
  'Northwind Dental': ['Nora Winter office@northwind.example', 'Ana Ortiz ana@northwind.example'],
  'Contoso Legal': [
    'Carl Hoff office@contoso.example',
    'Bo Lund bo@contoso.example',
    'Kim Reyes kim@contoso.example',
  ],
  'Fabrikam Foods': ['Faye Brook office@fabrikam.example', 'Cy Young cy@fabrikam.example'],
  'Adventure Works': ['Ada Wells office@adventure-works.example', 'Eli Bauer eli@adventure-works.example'],
  'Tailspin Toys': ['Tom Speer office@tailspin.example', 'Dora Lind dora@tailspin.example'],
  Wingtip: ['Will Tipton office@wingtip.example', 'Gil Moreno gil@wingtip.example'],
  Litware: ['Lin Ware office@litware.example', 'Femi Ade femi@litware.example'],
  Proseware: ['Pia Rose office@proseware.example', 'Hana Sato hana@proseware.example'],
};

/** Contracts by organization: the first one is put on its tickets. The others have what the simulator makes up. */
const contracts: Record<string, readonly Contract[]> = {
  'Northwind Dental': [
    { id: 29_683_701, contractName: 'Managed services', contractNumber: 'MS-2026-01' },
    { id: 29_683_702, contractName: 'Network renewal', contractType: 3 },
  ],
  'Contoso Legal': [{ id: 29_683_703, contractName: 'Managed security', contractNumber: 'SEC-14' }],
  'Fabrikam Foods': [
    { id: 29_683_704, contractName: 'Managed services', contractNumber: 'MS-2026-07' },
    { id: 29_683_705, contractName: 'Managed services 2025', endDate: '2026-01-31' },
  ],
};

/** Below the numbers of the companies that the simulator makes up. */
const firstCompanyId = 101;
const accountNames = [
  catchAllName,
  ...organizations.filter(({ isMapped }) => isMapped).map(({ name }) => name),
];

const companies: readonly Company[] = accountNames.map((companyName, at) => ({
  id: firstCompanyId + at,
  companyName,
  companyType: 1,
  classification: 2,
  isActive: true,
  ...(contracts[companyName] && { contracts: contracts[companyName] }),
  contacts: (people[companyName] ?? []).map((line, position) => {
    const [firstName = '', lastName = '', emailAddress = ''] = line.split(' ');
    return { firstName, lastName, emailAddress, primaryContact: position === 0 };
  }),
}));

export const simulatedPsa = {
  kind: 'autotask',
  label: 'Autotask',
  /** Taken if nobody has it. */
  port: 9401,
  /** The simulator's data, and its flags beside `--port` and `--sample`. */
  sample: companies,
  flags: ['--companies', '40'],
  /** The entry of HERALD_PSA_URLS. */
  serviceUrl: (simulator: string) => `${simulator}/atservicesrest/v1.0/zoneInformation`,
  /** The simulator's own page of a ticket, shorter than the vendor's deep link that leads to it. */
  ticketPage: (simulator: string, ticketId: string) => `${simulator}/tickets/${ticketId}`,
  catchAllName,
  steps: {
    credentials: { username, secret, integrationCode },
    accounts: (catchAllAccountId: string) => ({ catchAllAccountId, attachContacts: true }),
    tickets: {
      ticketCategory: '3',
      ticketType: '5',
      ticketStatus: '1',
      ticketQueue: '29682835',
      ticketSource: '8',
      ticketSubject: '{{ alert.title | truncate: 150 }} – {{ alert.user.email | default: "no user" }}',
      priorities: { informational: null, low: '3', medium: '2', high: '1', critical: '4' },
      issueType: '10',
      noteType: '3',
      noteVisibility: '2',
      noteTitle: '{{ alert.severity }}: {{ alert.title | truncate: 150 }}',
      alertOverrides: [{ eventType: 'iam.outside_location', issueType: '11', subIssueType: '140' }],
      respondOverrides: [],
      iocOverrides: [],
    },
    contracts: { addContracts: true, syncUsers: false },
  },
  /** The contract that the demo chooses for an organization. */
  contractOf: (name: string): string | undefined => contracts[name]?.[0]?.id.toString(),
} as const;
