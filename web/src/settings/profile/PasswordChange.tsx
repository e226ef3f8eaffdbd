import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { askOutside } from '../../api/client.ts';
import { profileQuery } from '../../api/profile.ts';
import { errorAt } from '../../parts/fieldErrors.ts';
import { NewPassword } from '../../parts/NewPassword.tsx';
import { ProblemAlert } from '../../parts/ProblemAlert.tsx';
import { tellDone } from '../../parts/tell.tsx';
import { devicesQuery } from './queries.ts';
import { Section } from './Section.tsx';

/** A new password ends all other sessions: whoever knew the old one is out. */
export function PasswordChange() {
  const client = useQueryClient();
  const { data } = useSuspenseQuery(profileQuery);
  const [isOpen, setOpen] = useState(false);
  const [now, setNow] = useState('');
  const [next, setNext] = useState('');
  const close = () => {
    setOpen(false);
    setNow('');
    setNext('');
  };
  const change = useMutation({
    mutationFn: () =>
      askOutside('PUT', '/api/session/password', {
        ...(now !== '' && { currentPassword: now }),
        newPassword: next,
      }),
    meta: { showsProblem: true },
    onSuccess: async () => {
      close();
      await client.invalidateQueries({ queryKey: devicesQuery.queryKey });
      await client.invalidateQueries({ queryKey: profileQuery.queryKey });
      tellDone('Your password was changed. You were signed out everywhere else.');
    },
  });
  const intro = 'When you change it, you are signed out everywhere else.';
  if (!isOpen)
    return (
      <Section title="Password" intro={intro}>
        <Group>
          <Button variant="default" onClick={() => setOpen(true)}>
            Change the password
          </Button>
        </Group>
      </Section>
    );
  return (
    <Section title="Password" intro={intro}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <Stack gap="sm">
          {change.error && (
            <ProblemAlert error={change.error} title="The password is not changed" isBesideFields />
          )}
          {data.hasPassword && (
            <PasswordInput
              label="Your password now"
              autoComplete="current-password"
              required
              withAsterisk={false}
              autoFocus
              value={now}
              error={errorAt(change.error, 'currentPassword')}
              onChange={(event) => setNow(event.currentTarget.value)}
            />
          )}
          <NewPassword
            label="New password"
            value={next}
            error={errorAt(change.error, 'newPassword')}
            onChange={setNext}
          />
          <Group gap="xs">
            <Button type="submit" loading={change.isPending}>
              Change the password
            </Button>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
