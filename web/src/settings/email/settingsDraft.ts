/** Parts of the mail settings while they are typed, saved for the revision that is shown. */
import type { QueryClient } from '@tanstack/react-query';
import { ChangedMeanwhile, keepChanged, repeatStale, runChange } from '../../api/change.ts';
import { getVersioned, sendVersioned, type Versioned } from '../../api/client.ts';
import type { DraftKind } from '../../drafts/openDraft.ts';
import { tellDone } from '../../parts/tell.tsx';
import { reasonOf } from '../../parts/Why.tsx';
import { type MailSettings, mailSettingsPath, mailSettingsQuery } from './queries.ts';
import { refreshMail } from './recipients/changes.ts';

export type ShownSettings = Versioned<MailSettings>;

/** Why something is changed; it is for the audit and is no part of the settings. */
interface WithReason {
  reason: string;
}

interface SettingsPart<V> {
  valuesOf(settings: MailSettings): V;
  /** Whether saving one or the other comes to the same. */
  isSame(one: V, other: V): boolean;
  /** What is sent: the members that differ from what is stored. */
  bodyOf(values: V, stored: MailSettings): object;
  /** What somebody else has changed among these settings, in sentences. */
  differences(was: MailSettings, now: MailSettings): string[];
  /** Said when it is saved. */
  done: string;
}

/** A form over a part of the settings; a change of other parts does not stand in its way. */
export function settingsDraft<V>(
  client: QueryClient,
  { valuesOf, isSame, bodyOf, differences, done }: SettingsPart<V>,
): DraftKind<ShownSettings, V & WithReason> {
  return {
    valuesOf: ({ value }) => ({ ...valuesOf(value), reason: '' }),
    isSame,
    showsAnswer: true,
    write: (values, base) =>
      runChange(client, async () => {
        const put = (etag: string | null) =>
          sendVersioned<MailSettings>('PUT', mailSettingsPath, {
            body: bodyOf(values, base.value),
            ifMatch: etag,
            reason: reasonOf(values.reason),
          });
        const changing = repeatStale(base, put, async (lastChange) => {
          const now = await getVersioned<MailSettings>(mailSettingsPath);
          const others = differences(base.value, now.value);
          if (others.length > 0) throw new ChangedMeanwhile(others, now, lastChange);
          return now;
        });
        const now = await keepChanged(client, mailSettingsQuery.queryKey, changing);
        tellDone(done);
        void refreshMail(client);
        return now;
      }),
  };
}
