import {
  Button,
  Group,
  NativeSelect,
  PasswordInput,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { ActionButton } from '../../../parts/ActionButton.tsx';
import type { MailServer } from '../queries.ts';
import { newServer, type ServerRow, usualPorts } from './serversDraft.ts';

const mostServers = 5;

const securities: { value: MailServer['security']; label: string }[] = [
  { value: 'starttls', label: 'STARTTLS (demanded)' },
  { value: 'tls', label: 'TLS from the start' },
  { value: 'none', label: 'None (allowed hosts only)' },
];

interface ServerRowsProps {
  rows: readonly ServerRow[];
  stored: readonly MailServer[];
  whyNot: string | undefined;
  errorOf(field: string): string | undefined;
  onChange(rows: ServerRow[]): void;
}

/** The mail servers in their order. */
export function ServerRows({ rows, stored, whyNot, errorOf, onChange }: ServerRowsProps) {
  const put = (key: string, part: Partial<ServerRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const full = rows.length >= mostServers ? `There can be ${mostServers} at most.` : undefined;
  return (
    <Stack gap="sm">
      {rows.map((row, at) => (
        <fieldset key={row.key} className="serverRow" aria-label={`Server ${at + 1}`}>
          <Stack gap="sm">
            <Group justify="space-between" gap="xs">
              <Text fw={600} size="sm">
                {at === 0 ? 'First' : at === 1 ? 'Then' : `Then (${at + 1}.)`}
              </Text>
              <RowButtons
                at={at}
                whyNot={whyNot}
                onUp={() => onChange(rows.toSpliced(at, 1).toSpliced(at - 1, 0, row))}
                onRemove={() => onChange(rows.toSpliced(at, 1))}
              />
            </Group>
            <Place
              row={row}
              at={at}
              isReadOnly={whyNot !== undefined}
              errorOf={errorOf}
              onChange={(part) => put(row.key, part)}
            />
            <Login
              row={row}
              at={at}
              hasPassword={hasPassword(row, stored)}
              isReadOnly={whyNot !== undefined}
              errorOf={errorOf}
              onChange={(part) => put(row.key, part)}
            />
          </Stack>
        </fieldset>
      ))}
      <Group>
        <ActionButton
          variant="default"
          whyNot={whyNot ?? full}
          onClick={() => onChange([...rows, newServer()])}
        >
          + Add server
        </ActionButton>
      </Group>
    </Stack>
  );
}

/** A stored password belongs to this host, port and user, and to no others. */
const hasPassword = ({ host, port, user }: ServerRow, stored: readonly MailServer[]): boolean =>
  stored.some(
    (one) =>
      one.hasPassword &&
      one.host === host.trim() &&
      String(one.port) === port &&
      (one.user ?? '') === user.trim(),
  );

interface RowProps {
  row: ServerRow;
  at: number;
  isReadOnly: boolean;
  errorOf(field: string): string | undefined;
  onChange(part: Partial<ServerRow>): void;
}

function Place({ row, at, isReadOnly, errorOf, onChange }: RowProps) {
  const place = `servers[${at}]`;
  return (
    <div className="serverFields">
      <TextInput
        label="Host"
        placeholder="smtp.your-provider.example"
        spellCheck={false}
        autoComplete="off"
        readOnly={isReadOnly}
        value={row.host}
        error={errorOf(`${place}.host`)}
        onChange={(event) => onChange({ host: event.currentTarget.value })}
      />
      <TextInput
        label="Port"
        inputMode="numeric"
        readOnly={isReadOnly}
        value={row.port}
        error={errorOf(`${place}.port`)}
        onChange={(event) => onChange({ port: event.currentTarget.value })}
      />
      <NativeSelect
        label="Encryption"
        disabled={isReadOnly}
        data={securities}
        value={row.security}
        error={errorOf(`${place}.security`)}
        onChange={(event) => {
          const security = event.currentTarget.value as MailServer['security'];
          const isUsual = Object.values(usualPorts).includes(row.port);
          onChange({ security, ...(isUsual && { port: usualPorts[security] }) });
        }}
      />
    </div>
  );
}

function Login({
  row,
  at,
  isReadOnly,
  hasPassword: isStored,
  errorOf,
  onChange,
}: RowProps & { hasPassword: boolean }) {
  const place = `servers[${at}]`;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
      <TextInput
        label="User (optional)"
        spellCheck={false}
        autoComplete="off"
        readOnly={isReadOnly}
        value={row.user}
        error={errorOf(`${place}.user`)}
        onChange={(event) => onChange({ user: event.currentTarget.value })}
      />
      <PasswordInput
        label="Password"
        placeholder={isStored ? 'Stored, and never shown' : ''}
        autoComplete="new-password"
        readOnly={isReadOnly}
        value={row.password}
        error={errorOf(`${place}.password`)}
        onChange={(event) => onChange({ password: event.currentTarget.value })}
      />
    </SimpleGrid>
  );
}

interface RowButtonsProps {
  at: number;
  whyNot: string | undefined;
  onUp(): void;
  onRemove(): void;
}

function RowButtons({ at, whyNot, onUp, onRemove }: RowButtonsProps) {
  if (whyNot !== undefined) return null;
  const look = { size: 'compact-sm', variant: 'subtle', color: 'gray' } as const;
  return (
    <Group gap={2}>
      {at > 0 && (
        <Button {...look} aria-label={`Try server ${at + 1} earlier`} onClick={onUp}>
          Earlier
        </Button>
      )}
      <Button {...look} aria-label={`Remove server ${at + 1}`} onClick={onRemove}>
        Remove
      </Button>
    </Group>
  );
}
