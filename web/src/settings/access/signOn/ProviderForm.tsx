import { Button, Group, PasswordInput, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isStale, send } from '../../../api/client.ts';
import { asProblem, type LastChange } from '../../../api/problem.ts';
import { sessionQuery } from '../../../api/session.ts';
import { Conflict } from '../../../parts/Conflict.tsx';
import { errorAt } from '../../../parts/fieldErrors.ts';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import { roles } from '../../../parts/roles.ts';
import { tellDone } from '../../../parts/tell.tsx';
import { etagOf, providersQuery, type SignOnProvider } from '../queries.ts';
import { differencesOf } from './providerWords.ts';

interface ProviderFormProps {
  /** Undefined: a new one. */
  provider: SignOnProvider | undefined;
  onCancel(): void;
  onSaved(provider: SignOnProvider): void;
}

const nobody = 'none';
const newcomers = [
  { value: nobody, label: 'Nobody: by invitation only' },
  ...roles.map(({ value, label }) => ({ value, label: `Comes in as ${label.toLowerCase()}` })),
];

/** What somebody else has made of the provider since it was shown. */
interface Other {
  now: SignOnProvider;
  differences: string[];
  lastChange: LastChange | undefined;
}

const formOf = (provider: SignOnProvider | undefined) => ({
  name: provider?.name ?? '',
  issuer: provider?.issuer ?? '',
  clientId: provider?.clientId ?? '',
  clientSecret: '',
  newcomerRole: provider?.newcomerRole ?? nobody,
  domains: provider?.domains ?? [],
});

function bodyOf({ clientSecret, newcomerRole, ...rest }: ReturnType<typeof formOf>) {
  return {
    ...rest,
    newcomerRole: newcomerRole === nobody ? null : newcomerRole,
    ...(clientSecret !== '' && { clientSecret }),
  };
}

/** What Herald has to know about a provider. The secret is never shown again; left empty it stays. */
export function ProviderForm({ provider, onCancel, onSaved }: ProviderFormProps) {
  const client = useQueryClient();
  // What the form was filled from: the list beside it may be read anew at any time.
  const [base, setBase] = useState(provider);
  const [form, setForm] = useState(() => formOf(provider));
  const [other, setOther] = useState<Other>();
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const save = useMutation({
    mutationFn: (over: SignOnProvider | undefined) =>
      over
        ? send<SignOnProvider>('PATCH', `/single-sign-on/${over.id}`, {
            body: bodyOf(form),
            ifMatch: etagOf(over),
          })
        : send<SignOnProvider>('POST', '/single-sign-on', { body: bodyOf(form) }),
    meta: { showsProblem: true },
    onError: async (error, over) => {
      if (!isStale(error) || !over) return;
      const providers = await client.fetchQuery({ ...providersQuery, staleTime: 0 });
      const now = providers.find(({ id }) => id === over.id);
      const { lastChange } = asProblem(error);
      if (now) setOther({ now, differences: differencesOf(over, now), lastChange });
    },
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: providersQuery.queryKey });
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      tellDone(`${saved.name} was saved.`);
      onSaved(saved);
    },
  });
  /** The other state is known from here on. */
  const settle = (now: SignOnProvider) => {
    setBase(now);
    setOther(undefined);
    save.reset();
  };
  const { error } = save;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(base);
      }}
    >
      <Stack gap="sm">
        {error && !other && <ProblemAlert error={error} title="Not saved" isBesideFields />}
        {other && (
          <Conflict
            target={{ targetKind: 'singleSignOn', targetId: other.now.id }}
            lastChange={other.lastChange}
            differences={other.differences}
            onLoad={() => {
              settle(other.now);
              setForm(formOf(other.now));
            }}
            onOverwrite={() => {
              settle(other.now);
              save.mutate(other.now);
            }}
          />
        )}
        <TextInput
          label="Name"
          description="It stands on the button of the sign-in page."
          required
          withAsterisk={false}
          maxLength={100}
          data-autofocus
          value={form.name}
          error={errorAt(error, 'name')}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TextInput
          label="Issuer"
          description="The address under which the provider publishes its OpenID Connect settings."
          placeholder="https://"
          type="url"
          required
          withAsterisk={false}
          value={form.issuer}
          error={errorAt(error, 'issuer')}
          onChange={(event) => set({ issuer: event.currentTarget.value })}
        />
        <TextInput
          label="Client id"
          required
          withAsterisk={false}
          autoComplete="off"
          value={form.clientId}
          error={errorAt(error, 'clientId')}
          onChange={(event) => set({ clientId: event.currentTarget.value })}
        />
        <PasswordInput
          label="Client secret"
          description={
            provider ? 'It is set. Leave this empty to keep it.' : 'Kept sealed, and never shown again.'
          }
          required={!provider}
          withAsterisk={false}
          autoComplete="new-password"
          value={form.clientSecret}
          error={errorAt(error, 'clientSecret')}
          onChange={(event) => set({ clientSecret: event.currentTarget.value })}
        />
        <Select
          label="People who come without an invitation"
          data={newcomers}
          allowDeselect={false}
          value={form.newcomerRole}
          error={errorAt(error, 'newcomerRole')}
          onChange={(role) => set({ newcomerRole: (role ?? nobody) as typeof form.newcomerRole })}
        />
        {form.newcomerRole !== nobody && (
          <TagsInput
            label="Domains of their addresses (optional)"
            description="Only people with a confirmed address of these domains may come in. Empty: everybody whom the provider knows."
            placeholder="msp.example"
            value={form.domains}
            error={errorAt(error, 'domains')}
            onChange={(domains) => set({ domains })}
          />
        )}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onCancel}>
            {provider ? 'Close' : 'Cancel'}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {provider ? 'Save' : 'Add the provider'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
