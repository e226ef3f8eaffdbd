/** What mails say, while it is typed (req 112–117). */
import type { QueryClient } from '@tanstack/react-query';
import type { MailSettings } from '../queries.ts';
import { settingsDraft } from '../settingsDraft.ts';

export type Content = Pick<
  MailSettings,
  'globalSubject' | 'organizationSubject' | 'respondEventDetail' | 'iocEventDetail'
>;

export type DetailSwitch = 'respondEventDetail' | 'iocEventDetail';

const words: Record<keyof Content, (now: Content) => string> = {
  globalSubject: (now) => `The subject for global recipients is “${now.globalSubject}” now.`,
  organizationSubject: (now) =>
    `The subject for recipients of organizations is “${now.organizationSubject}” now.`,
  respondEventDetail: (now) => `Respond event detail is ${onOff(now.respondEventDetail)} now.`,
  iocEventDetail: (now) => `IOC event detail is ${onOff(now.iocEventDetail)} now.`,
};

const onOff = (isOn: boolean): string => (isOn ? 'on' : 'off');

/** What somebody else has changed, in sentences. */
export const differencesOfContent = (was: Content, now: Content): string[] =>
  changedOf(was, now).map((member) => words[member](now));

const changedOf = (one: Content, other: Content): (keyof Content)[] =>
  (Object.keys(words) as (keyof Content)[]).filter((member) => one[member] !== other[member]);

export const contentDraft = (client: QueryClient) =>
  settingsDraft<Content>(client, {
    valuesOf: ({ globalSubject, organizationSubject, respondEventDetail, iocEventDetail }) => ({
      globalSubject,
      organizationSubject,
      respondEventDetail,
      iocEventDetail,
    }),
    isSame: (one, other) => changedOf(one, other).length === 0,
    bodyOf: (values, stored) =>
      Object.fromEntries(changedOf(values, stored).map((member) => [member, values[member]])),
    differences: differencesOfContent,
    done: 'What mails say was saved. Send a test mail to see it arrive.',
  });
