import { Anchor, Badge, Group, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ComponentProps, ReactNode } from 'react';
import type { Connection, Field, PsaKind } from '../../../api/types.ts';
import { Foreign } from '../../../parts/Foreign.tsx';
import { isShown } from '../form/stepValues.ts';
import { defaultOf } from '../frame/words.ts';
import { mappingsQuery } from '../mapping/set.ts';
import type { FormStep } from '../step.ts';
import { stepLabels } from '../steps.ts';
import { ContractsOfOrganizations } from './ContractsOfOrganizations.tsx';
import { FieldValue } from './FieldValue.tsx';
import { type Unsaved, useUnsavedMappings } from './useUnsaved.ts';

interface SummaryProps {
  connection: Connection;
  kind: PsaKind;
  step: FormStep;
  /** Typed here and not saved. */
  unsaved: Unsaved | undefined;
}

/** What one step says, and what of it is not in use yet. */
export function Summary({ connection, kind, step, unsaved }: SummaryProps) {
  const values = connection.steps[step] ?? {};
  const fields = kind.fields.filter((field) => field.step === step && isWorthTelling(field, values, unsaved));
  return (
    <section aria-labelledby={`summary-${step}`}>
      <Group justify="space-between" mb={4}>
        <Title order={3} id={`summary-${step}`}>
          {stepLabels[step]}
        </Title>
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link
              to="/settings/psa/$connectionId"
              params={{ connectionId: connection.id }}
              search={{ step }}
              {...props}
            />
          )}
        >
          Change<span className="unseen"> {stepLabels[step]}</span>
        </Anchor>
      </Group>
      <Table className="summary" aria-label={stepLabels[step]}>
        <Table.Tbody>
          {fields.map((field) => (
            <Table.Tr key={field.key}>
              <Table.Th scope="row">{field.label}</Table.Th>
              <Table.Td>
                <Value
                  connectionId={connection.id}
                  field={field}
                  fields={kind.fields}
                  value={values[field.key]}
                />
                {unsaved?.keys.includes(field.key) && (
                  <NotSaved>
                    <Value
                      connectionId={connection.id}
                      field={field}
                      fields={kind.fields}
                      value={unsaved.values[field.key]}
                    />
                  </NotSaved>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
          {step === 'accounts' && <Mapped connectionId={connection.id} />}
          {step === 'contracts' && isAnyOn(fields, values) && (
            <ContractsOfOrganizations
              connectionId={connection.id}
              isSyncing={fields.some(({ kind }) => kind === 'service')}
            />
          )}
        </Table.Tbody>
      </Table>
    </section>
  );
}

const isAnyOn = (fields: readonly Field[], values: Record<string, unknown>): boolean =>
  fields.some(({ kind, key }) => kind === 'switch' && values[key] === true);

/** What is optional, not set, and means nothing then, says nothing. */
const isWorthTelling = (
  field: Field,
  values: Record<string, unknown>,
  unsaved: Unsaved | undefined,
): boolean =>
  isShown(field, values) &&
  (field.required === true ||
    values[field.key] !== undefined ||
    defaultOf(field) !== undefined ||
    unsaved?.keys.includes(field.key) === true);

/** A value, or what counts in its place. */
function Value(props: ComponentProps<typeof FieldValue>) {
  const usual = defaultOf(props.field);
  if (props.value !== undefined || usual === undefined) return <FieldValue {...props} />;
  return (
    <>
      <FieldValue {...props} value={usual} />
      <span className="quiet"> · by default</span>
    </>
  );
}

function NotSaved({ children }: { children: ReactNode }) {
  return (
    <Group gap={6} mt={4} align="baseline">
      <Badge color="yellow" variant="light" radius="sm" size="sm">
        Not saved
      </Badge>
      <div>{children}</div>
    </Group>
  );
}

function Mapped({ connectionId }: { connectionId: string }) {
  const { data } = useQuery(mappingsQuery(connectionId));
  const unsaved = useUnsavedMappings(connectionId);
  if (!data) return null;
  const { mappings, unmappedOrganizations: open } = data;
  const first = mappings.slice(0, 5);
  return (
    <Table.Tr>
      <Table.Th scope="row">Mapping</Table.Th>
      <Table.Td>
        {mappings.length} mapped, {open === 0 ? 'none' : open} left to the catch-all account.
        {first.map(({ organizationId, organizationName, accountName, accountId }) => (
          <Text key={organizationId} size="sm" className="quiet">
            <Foreign text={organizationName} /> → <Foreign text={accountName ?? accountId} />
          </Text>
        ))}
        {mappings.length > first.length && (
          <Text size="sm" className="quiet">
            and {mappings.length - first.length} more
          </Text>
        )}
        {unsaved > 0 && <MappingsNotSaved connectionId={connectionId} count={unsaved} />}
      </Table.Td>
    </Table.Tr>
  );
}

function MappingsNotSaved({ connectionId, count }: { connectionId: string; count: number }) {
  return (
    <Group gap={6} mt={4} role="status">
      <Badge color="yellow" variant="light" radius="sm" size="sm">
        Not saved
      </Badge>
      <Text size="sm">
        {count === 1 ? '1 mapping is' : `${count.toLocaleString('en')} mappings are`} changed in this browser
        only.
      </Text>
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link
            to="/settings/psa/$connectionId"
            params={{ connectionId }}
            search={{ step: 'accounts' }}
            {...props}
          />
        )}
      >
        {count === 1 ? 'Go and save it' : 'Go and save them'}
      </Anchor>
    </Group>
  );
}
