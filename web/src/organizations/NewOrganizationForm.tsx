import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { send } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import type { Organization } from '../api/types.ts';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { tellDone } from '../parts/tell.tsx';
import type { Reference } from './references.ts';

interface NewOrganizationFormProps {
  /** By which it is known from the start; without one, an id is asked for. */
  reference?: Reference;
  /** The verb on the button. */
  action: string;
  /** What happens then. */
  children: ReactNode;
  onCancel(): void;
  onMade(organization: Organization): void;
}

/** Makes an organization of a name and its first reference. */
export function NewOrganizationForm({
  reference,
  action,
  children,
  onCancel,
  onMade,
}: NewOrganizationFormProps) {
  const client = useQueryClient();
  const [name, setName] = useState(reference?.value ?? '');
  const [id, setId] = useState('');
  const make = useMutation({
    mutationFn: () => {
      const externalRefs = reference ? [reference] : [id.trim()].filter((text) => text !== '');
      return send<Organization>('POST', '/organizations', { body: { name, externalRefs } });
    },
    meta: { showsProblem: true },
    onSuccess: (made) => {
      tellDone(`${made.name} was added.`);
      onMade(made);
      return client.invalidateQueries({ queryKey: ['organizations'] });
    },
  });
  const errors = make.error ? asProblem(make.error).errors : [];
  const wrong = (start: string) => errors.find(({ field }) => field.startsWith(start))?.message;
  const isAtFields = wrong('name') !== undefined || (!reference && wrong('externalRefs') !== undefined);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          required
          maxLength={200}
          data-autofocus
          value={name}
          error={wrong('name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {!reference && (
          <TextInput
            label="Id that its alerts carry"
            description="Domains, tenant ids and further ids can be added on the next page."
            maxLength={500}
            value={id}
            error={wrong('externalRefs')}
            onChange={(event) => setId(event.currentTarget.value)}
          />
        )}
        {children}
        {make.error && !isAtFields && <ProblemAlert error={make.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
