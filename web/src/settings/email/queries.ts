/** What the pages about e-mail read. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  mailSettings,
  previewAnswer,
  recipient,
  serverCheck,
  testAnswer,
} from '../../../../src/email/schemas.ts';
import { get, getVersioned, type Page, query } from '../../api/client.ts';
import { kindsQuery } from '../psa/queries.ts';

export type MailSettings = z.output<typeof mailSettings>;
export type MailServer = MailSettings['servers'][number];
export type Recipient = z.output<typeof recipient>;
export type ServerCheck = z.output<typeof serverCheck>;
export type TestAnswer = z.output<typeof testAnswer>;
export type MailPreview = z.output<typeof previewAnswer>;

export const mailSettingsPath = '/email/settings';

/** How mail leaves and what it looks like, with the revision. */
export const mailSettingsQuery = queryOptions({
  queryKey: ['email', 'settings'],
  queryFn: ({ signal }) => getVersioned<MailSettings>(mailSettingsPath, signal),
});

/** One list of recipients: the global one, or that of an organization. */
export interface RecipientList {
  organizationId: string | null;
}

/** Where a list is, and below it each of its recipients. */
export const listPath = ({ organizationId }: RecipientList): string =>
  organizationId === null
    ? '/email/recipients'
    : `/organizations/${encodeURIComponent(organizationId)}/recipients`;

export const recipientPath = (one: Recipient): string => `${listPath(one)}/${encodeURIComponent(one.id)}`;

/** Filters of the page of all recipients, as they stand in the address. */
export interface RecipientFilters {
  q?: string;
  list?: 'global' | 'organization';
  organizationId?: string;
  severity?: string;
  stopped?: 'true';
  reviewDue?: 'true';
}

const pageSize = 100;

const pagesOf = (path: string, filters: RecipientFilters) =>
  infiniteQueryOptions({
    queryKey: ['recipients', path, filters],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Recipient>>(`${path}${query({ ...filters, limit: pageSize, cursor: pageParam })}`, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }: Page<Recipient>) => nextCursor ?? undefined,
  });

/** The recipients of one list, by address. */
export const recipientsQuery = (list: RecipientList) => pagesOf(listPath(list), {});

/** Those of every list. */
export const everyRecipientQuery = (filters: RecipientFilters) => pagesOf('/recipients', filters);

/** The fields that a subject may name, as every PSA that can be connected declares them. */
export const templateNamesQuery = queryOptions({
  ...kindsQuery,
  select: (kinds) => {
    for (const field of kinds.flatMap(({ fields }) => fields)) {
      if (field.kind === 'template' && field.names) return field.names;
    }
    return [];
  },
});
