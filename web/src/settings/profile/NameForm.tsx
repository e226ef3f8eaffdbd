import { Group, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { askOutside } from '../../api/client.ts';
import { sessionQuery, useSession } from '../../api/session.ts';
import { ActionButton } from '../../parts/ActionButton.tsx';
import { tellDone } from '../../parts/tell.tsx';
import { Section } from './Section.tsx';

/** The name that others see beside what this person changes. */
export function NameForm() {
  const { user } = useSession();
  const client = useQueryClient();
  const [name, setName] = useState(user.name);
  const wanted = name.trim();
  const save = useMutation({
    mutationFn: () => askOutside('PATCH', '/api/session/profile', { name: wanted }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      tellDone('Your name was saved.');
    },
  });
  return (
    <Section title="Name" intro="Others see it beside what you change.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            label="Your name"
            autoComplete="name"
            maxLength={100}
            flex={1}
            miw={220}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ActionButton
            type="submit"
            variant="default"
            loading={save.isPending}
            whyNot={whyNotName(wanted, user.name)}
          >
            Change the name
          </ActionButton>
        </Group>
      </form>
    </Section>
  );
}

function whyNotName(wanted: string, now: string): string | undefined {
  if (wanted === '') return 'Type a name first.';
  return wanted === now ? 'This is your name already.' : undefined;
}
