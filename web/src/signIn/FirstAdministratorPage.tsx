import { Button, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { askOutside } from '../api/client.ts';
import { errorAt } from '../parts/fieldErrors.ts';
import { NewPassword } from '../parts/NewPassword.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { useEntered } from './entered.ts';
import { Outside } from './Outside.tsx';
import { firstAdministratorRoute } from './routes.ts';

/** Where the link on the terminal leads: the one account that nobody has to invite. */
export function FirstAdministratorPage() {
  const { token } = firstAdministratorRoute.useParams();
  const [person, setPerson] = useState({ name: '', email: '', password: '' });
  const entered = useEntered();
  const make = useMutation({
    mutationFn: () => askOutside('POST', `/api/first-administrator/${encodeURIComponent(token)}`, person),
    meta: { showsProblem: true },
    onSuccess: entered,
  });
  const set = (part: Partial<typeof person>) => setPerson({ ...person, ...part });
  return (
    <Outside
      title="The first administrator"
      intro="This account may do everything in Herald, and invites the others. The link works once."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Stack gap="sm">
          {make.error && <ProblemAlert error={make.error} title="No account was made" isBesideFields />}
          <TextInput
            label="Your name"
            description="Others see it beside what you change."
            autoComplete="name"
            required
            withAsterisk={false}
            autoFocus
            maxLength={100}
            value={person.name}
            error={errorAt(make.error, 'name')}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            required
            withAsterisk={false}
            value={person.email}
            error={errorAt(make.error, 'email')}
            onChange={(event) => set({ email: event.currentTarget.value })}
          />
          <NewPassword
            value={person.password}
            error={errorAt(make.error, 'password')}
            onChange={(password) => set({ password })}
          />
          <Button type="submit" mt="xs" loading={make.isPending}>
            Make the account
          </Button>
        </Stack>
      </form>
    </Outside>
  );
}
