/** The organizations of the demo, with the references by which the sample alerts name them. */
export interface DemoOrganization {
  name: string;
  externalRefs: (string | { kind: 'domain' | 'tenantId' | 'id'; value: string; source?: string })[];
  /** Mapped to the account of the same name; the others fall to the catch-all. */
  isMapped: boolean;
}

const domain = (value: string) => ({ kind: 'domain' as const, value });

export const organizations: readonly DemoOrganization[] = [
  { name: 'Northwind Dental', externalRefs: ['org-17', domain('northwind.example')], isMapped: true },
  {
    name: 'Contoso Legal',
    externalRefs: [
      { kind: 'tenantId', value: '11111111-2222-3333-4444-555555555555' },
      domain('contoso.example'),
    ],
    isMapped: true,
  },
  {
    name: 'Fabrikam Foods',
    externalRefs: [
      { kind: 'id', value: '7', source: 'huntress' },
      { kind: 'id', value: 'fabrikam', source: 'wazuh' },
      domain('fabrikam.example'),
    ],
    isMapped: true,
  },
  { name: 'Adventure Works', externalRefs: ['org-21', domain('adventure-works.example')], isMapped: true },
  { name: 'Tailspin Toys', externalRefs: ['org-22'], isMapped: true },
  { name: 'Wingtip', externalRefs: ['org-23'], isMapped: true },
  { name: 'Litware', externalRefs: ['org-24'], isMapped: true },
  { name: 'Proseware', externalRefs: ['org-25'], isMapped: true },
  { name: 'Coho Winery', externalRefs: ['org-26'], isMapped: false },
  { name: 'Fourth Coffee', externalRefs: ['org-27'], isMapped: false },
  { name: 'Lucerne Publishing', externalRefs: ['org-28'], isMapped: false },
  { name: 'Trey Research', externalRefs: ['org-29'], isMapped: false },
];

/** The account that gets the tickets of organizations without a mapping. */
export const catchAllName = 'Acme IT (catch-all)';
