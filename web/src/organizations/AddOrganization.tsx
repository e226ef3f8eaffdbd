import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { send } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import type { Organization } from '../api/types.ts';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { tellDone } from '../parts/tell.tsx';
import type { Reference } from './references.ts';

interface NewOrganization {
  name: string;
  externalRefs: (string | Reference)[];
}

/** Makes an organization. Whoever calls shows what went wrong. */
export function useNewOrganization() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewOrganization) => send<Organization>('POST', '/organizations', { body }),
    onSuccess: ({ name }) => {
      tellDone(`${name} was added.`);
      return client.invalidateQueries({ queryKey: ['organizations'] });
    },
    meta: { showsProblem: true },
  });
}

/** Asks for a name and the first reference; everything else is on the organization's own page, which follows. */
export function AddOrganization({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Add organization" centered>
      <Form onClose={onClose} />
    </Modal>
  );
}

function Form({ onClose }: { onClose(): void }) {
  const navigate = useNavigate();
  const make = useNewOrganization();
  const [name, setName] = useState('');
  const [id, setId] = useState('');
  const errors = make.error ? asProblem(make.error).errors : [];
  const wrong = (start: string) => errors.find(({ field }) => field.startsWith(start))?.message;
  const submit = async () => {
    const made = await make.mutateAsync({ name, externalRefs: id.trim() === '' ? [] : [id.trim()] });
    await navigate({
      to: '/organizations/$organizationId',
      params: { organizationId: made.id },
      search: {},
    });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // What went wrong stands in the form.
        submit().catch(() => undefined);
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
        <TextInput
          label="Id that its alerts carry"
          description="Domains, tenant ids and further ids can be added on the next page."
          maxLength={500}
          value={id}
          error={wrong('externalRefs')}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <Text size="sm" className="quiet">
          Its switches start as Settings &gt; Workspace says.
        </Text>
        {make.error && errors.length === 0 && <ProblemAlert error={make.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
