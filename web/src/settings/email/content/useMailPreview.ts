import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { send } from '../../../api/client.ts';
import { asProblem } from '../../../api/problem.ts';
import type { MailPreview } from '../queries.ts';
import type { Content, DetailSwitch } from './contentDraft.ts';

export type MailScope = 'global' | 'organization';

/** So long nothing is typed before the mail is made anew, in milliseconds. */
const restMs = 400;

/**
 * A mail of an alert with these settings, stored or not. Sends nothing.
 * @param differenceOf another alert is taken if this switch changes its mail, and not that of this alert
 */
export const mailPreviewQuery = (
  scope: MailScope,
  alertId: string | undefined,
  content: Content,
  differenceOf?: DetailSwitch,
) => {
  const { globalSubject, organizationSubject, respondEventDetail, iocEventDetail } = content;
  const subject = scope === 'global' ? { globalSubject } : { organizationSubject };
  const body = {
    scope,
    ...(alertId && { alertId }),
    ...subject,
    respondEventDetail,
    iocEventDetail,
    ...(differenceOf && { differenceOf }),
  };
  return queryOptions({
    queryKey: ['email', 'preview', body],
    queryFn: ({ signal: _signal }) => send<MailPreview>('POST', '/email/preview', { body }),
    placeholderData: keepPreviousData,
    retry: (failures, error) => failures < 1 && asProblem(error).status >= 500,
    staleTime: 30_000,
  });
};

/** The mail that unsaved settings make of an alert, a moment after the last key, and what is wrong with the subject. */
export function useMailPreview(scope: MailScope, alertId: string | undefined, content: Content) {
  const [rested] = useDebouncedValue(content, restMs);
  const { data, error } = useQuery(mailPreviewQuery(scope, alertId, rested));
  const field = `${scope}Subject`;
  const problem = error ? asProblem(error) : undefined;
  const isCurrent =
    rested.globalSubject === content.globalSubject &&
    rested.organizationSubject === content.organizationSubject;
  const mistakes = isCurrent ? (problem?.errors ?? []).filter((one) => one.field === field) : [];
  return { preview: data, mistakes, problem: problem && mistakes.length === 0 ? problem.message : undefined };
}
