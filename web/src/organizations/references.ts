/** References: how senders of alerts name an organization. */
import type { Organization } from '../api/types.ts';

export type Reference = Organization['externalRefs'][number];

export const referenceKinds = [
  { value: 'id', label: 'Id' },
  { value: 'domain', label: 'Domain' },
  { value: 'tenantId', label: 'Tenant id' },
  { value: 'name', label: 'Name' },
] as const;

/** The word for a kind; the API's own where we have none. */
export const kindLabel = (kind: string): string =>
  referenceKinds.find(({ value }) => value === kind)?.label ?? kind;

/** A reference in one line: "domain northwind.example", "id 7 (only huntress)". */
export const referenceText = ({ kind, value, source }: Reference): string =>
  `${kindLabel(kind).toLowerCase()} ${value}${source === undefined ? '' : ` (only ${source})`}`;
