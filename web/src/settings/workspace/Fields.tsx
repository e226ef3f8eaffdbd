import { NumberInput, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { ReasonSwitch } from '../../parts/ReasonSwitch.tsx';
import type { Draft } from './draft.ts';

interface FieldsProps {
  draft: Draft;
  /** Why nothing can be changed by this person. */
  whyNot: string | undefined;
  /** What is wrong with a member. */
  errorOf(member: keyof Draft): string | undefined;
  onChange(part: Partial<Draft>): void;
}

/** The settings of a workspace, each with what it means. */
export function Fields(props: FieldsProps) {
  return (
    <>
      <Names {...props} />
      <NewOrganizations {...props} />
      <Times {...props} />
      {props.draft.secondFactorDemanded !== undefined && <SecondFactor {...props} />}
    </>
  );
}

function Section({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <Stack gap="sm" component="section">
      <div>
        <Title order={2}>{title}</Title>
        {text && (
          <Text size="sm" className="quiet">
            {text}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}

/** Not in every browser's list, and a usual choice. */
const timeZones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

function Names({ draft, whyNot, errorOf, onChange }: FieldsProps) {
  const zones = timeZones.includes(draft.timeZone) ? timeZones : [draft.timeZone, ...timeZones];
  return (
    <Section title="Name and time">
      <TextInput
        label="Name"
        description="What your people see when they sign in."
        maw={420}
        maxLength={200}
        readOnly={whyNot !== undefined}
        value={draft.name}
        error={errorOf('name')}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <Select
        label="Time zone"
        description="Days of the month and times in tickets are meant in this zone."
        maw={420}
        searchable
        allowDeselect={false}
        limit={100}
        nothingFoundMessage="No such time zone. Look for a city."
        readOnly={whyNot !== undefined}
        data={zones}
        value={draft.timeZone}
        error={errorOf('timeZone')}
        onChange={(timeZone) => timeZone && onChange({ timeZone })}
      />
    </Section>
  );
}

/** Decision 1: the default delivery behaviour. */
function NewOrganizations({ draft, whyNot, onChange }: FieldsProps) {
  const { newOrganizations } = draft;
  const turn = (part: Partial<Draft['newOrganizations']>) =>
    onChange({ newOrganizations: { ...newOrganizations, ...part } });
  return (
    <Section
      title="New organizations start with"
      text="Organizations that are there already stay as they are. Each one can be set apart on its own page."
    >
      <ReasonSwitch
        label="PSA & email"
        description="Whether anything goes out for a new organization."
        checked={newOrganizations.enabled}
        whyNot={whyNot}
        onTurned={(enabled) => turn({ enabled })}
      />
      <Stack gap="sm" className="finer">
        <ReasonSwitch
          label="Tickets"
          description="Its alerts become tickets."
          className={newOrganizations.enabled ? '' : 'overruled'}
          checked={newOrganizations.tickets}
          whyNot={whyNot}
          onTurned={(tickets) => turn({ tickets })}
        />
        <ReasonSwitch
          label="E-mail"
          description="Its alerts are mailed, to the global recipients and to its own."
          className={newOrganizations.enabled ? '' : 'overruled'}
          checked={newOrganizations.email}
          whyNot={whyNot}
          onTurned={(email) => turn({ email })}
        />
      </Stack>
    </Section>
  );
}

function Times({ draft, whyNot, errorOf, onChange }: FieldsProps) {
  const isLocked = whyNot !== undefined;
  return (
    <Section title="How long">
      <NumberInput
        label="Days that alerts are kept"
        description="Counted from the last change of an alert, or from when it was settled. What still waits or is held stays. An alert that is sent again after it was removed is a new one. 1 to 3,650."
        maw={420}
        allowNegative={false}
        allowDecimal={false}
        readOnly={isLocked}
        value={draft.retentionDays}
        error={errorOf('retentionDays')}
        onChange={(days) => onChange({ retentionDays: String(days) })}
      />
      <NumberInput
        label="Minutes before a critical alert takes the way out"
        description="A critical alert that its PSA has not taken for so long is told by e-mail to the global recipients, besides going on to be delivered. 1 to 1,440."
        maw={420}
        allowNegative={false}
        allowDecimal={false}
        readOnly={isLocked}
        value={draft.wayOutMinutes}
        error={errorOf('wayOutMinutes')}
        onChange={(minutes) => onChange({ wayOutMinutes: String(minutes) })}
      />
    </Section>
  );
}

function SecondFactor({ draft, whyNot, onChange }: FieldsProps) {
  return (
    <Section title="Signing in">
      <ReasonSwitch
        label="A second factor is demanded"
        description="Everybody needs a code from an app, or a passkey, besides the password. Whoever has none sets one up before going on."
        checked={draft.secondFactorDemanded === true}
        whyNot={whyNot}
        onTurned={(secondFactorDemanded) => onChange({ secondFactorDemanded })}
      />
    </Section>
  );
}
