/** Notifications at the upper right: something was done, or was not. */
import { notifications } from '@mantine/notifications';
import { asProblem } from '../api/problem.ts';

/** Confirms what was done, in one sentence. */
export function tellDone(message: string): void {
  notifications.show({ message, color: 'green', withBorder: true, autoClose: 6_000 });
}

/** Says what was not done and why; stays until it is closed. */
export function tellProblem(error: unknown): void {
  const { message, errors } = asProblem(error);
  notifications.show({
    title: 'Not done',
    message: [message, ...errors.map((one) => one.message)].join(' '),
    color: 'red',
    withBorder: true,
    autoClose: false,
  });
}
