import '../../wizard/tickets/tickets.css';
import { Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useSession, whyNot } from '../../../api/session.ts';
import { useDraft } from '../../../drafts/useDraft.ts';
import { AlertChoice } from '../../wizard/tickets/TicketPreview.tsx';
import { useRecentAlert } from '../../wizard/tickets/useRecentAlert.ts';
import { SettingsForm } from '../SettingsForm.tsx';
import type { ShownSettings } from '../settingsDraft.ts';
import { contentDraft, differencesOfContent } from './contentDraft.ts';
import { DetailSwitches } from './DetailSwitches.tsx';
import { SubjectField } from './SubjectField.tsx';
import { WholeMail } from './WholeMail.tsx';

/** What mails say: the two subjects, and how much of an alert stands in them, tried on a recent alert. */
export function ContentTab({ shown }: { shown: ShownSettings }) {
  const { role } = useSession();
  const client = useQueryClient();
  const form = useDraft(shown, contentDraft(client));
  const { values: draft, problem } = form;
  // A test mail of one's own tells little.
  const recent = useRecentAlert(({ flags }) => !flags.includes('test'));
  const alertId = recent.alert?.id;
  const forAdmins = whyNot(role, 'admin');
  const set = (part: Partial<typeof draft>) => form.type((is) => ({ ...is, ...part }));
  const parts = { draft, alertId, whyNot: forAdmins, problem };
  return (
    <SettingsForm
      form={form}
      differences={differencesOfContent}
      onSave={() => void form.save()}
      trials={<WholeMail draft={draft} alertId={alertId} />}
    >
      <Stack gap="md">
        <Stack gap={2}>
          <Title order={3}>Subjects</Title>
          <Text size="sm" className="quiet" maw={760}>
            The two are independent: one alert may reach two people under two subjects. Who is in both lists
            gets one mail, in the format of the organization.
          </Text>
        </Stack>
        <Stack maw={560} gap={0}>
          <AlertChoice {...recent} />
        </Stack>
        <div className="sideBySide">
          <SubjectField {...parts} scope="global" onChange={(globalSubject) => set({ globalSubject })} />
          <SubjectField
            {...parts}
            scope="organization"
            onChange={(organizationSubject) => set({ organizationSubject })}
          />
        </div>
      </Stack>
      <DetailSwitches draft={draft} alertId={alertId} whyNot={forAdmins} onChange={set} />
    </SettingsForm>
  );
}
