/** Changes of recipients, each with an optional reason for the audit. */
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { send } from '../../../api/client.ts';
import { useConfirm } from '../../../parts/confirm.tsx';
import { tellDone } from '../../../parts/tell.tsx';
import { listPath, type Recipient, type RecipientList, recipientPath } from '../queries.ts';
import { type RecipientDraft, toBody } from './draft.ts';

/** Everything that shows who gets mail: lists, what would happen, what is to be reviewed, what waits. */
export const refreshMail = (client: QueryClient): Promise<unknown> =>
  Promise.all(
    ['email', 'recipients', 'organizations', 'reviews', 'deliveries'].map((key) =>
      client.invalidateQueries({ queryKey: [key] }),
    ),
  );

const etagOf = ({ revision }: Recipient): string => `"${revision}"`;

interface Saving {
  draft: RecipientDraft;
  /** The one that is changed, as it is shown; undefined adds one. */
  recipient: Recipient | undefined;
  reason: string | undefined;
}

/** Adds or changes a recipient; the caller shows what is refused. */
export function useSaveRecipient(list: RecipientList) {
  const client = useQueryClient();
  return useMutation({
    meta: { showsProblem: true },
    mutationFn: ({ draft, recipient, reason }: Saving) =>
      recipient
        ? send<Recipient>('PATCH', recipientPath(recipient), {
            body: toBody(draft),
            ifMatch: etagOf(recipient),
            reason,
          })
        : send<Recipient>('POST', listPath(list), { body: toBody(draft), reason }),
    onSuccess: (saved, { recipient }) =>
      tellDone(recipient ? `${saved.address} was saved.` : addedWords(saved)),
    onSettled: () => refreshMail(client),
  });
}

/** Req 111: saved, and nothing more than that. */
const addedWords = ({ address }: Recipient): string =>
  `The e-mail ${address} was added. This confirms neither that the address can be reached nor that an alert was sent.`;

interface Deed {
  recipient: Recipient;
  reason: string | undefined;
}

/** Asks, and removes. */
export function useRemoveRecipient() {
  const client = useQueryClient();
  const confirm = useConfirm();
  const { mutate, isPending } = useMutation({
    mutationFn: ({ recipient, reason }: Deed) =>
      send('DELETE', recipientPath(recipient), { ifMatch: etagOf(recipient), reason }),
    onSuccess: (_nothing, { recipient }) => tellDone(`${recipient.address} was removed.`),
    onSettled: () => refreshMail(client),
  });
  const ask = async (recipient: Recipient) => {
    const answer = await confirm({
      title: `Remove ${recipient.address}?`,
      text: removalWords(recipient),
      action: 'Remove',
      isDangerous: true,
      reason: 'optional',
    });
    if (answer) mutate({ recipient, reason: answer.reason });
  };
  return { remove: ask, isPending };
}

function removalWords({ organizationName, waiting }: Recipient): string {
  const what =
    organizationName === null
      ? 'It gets no mail as a global recipient any more. Lists of organizations stay as they are.'
      : `It gets no mail for ${organizationName} any more. Global recipients stay as they are.`;
  const rest =
    waiting === 1
      ? ' One mail waits for this address. It is not sent if no other list asks for it.'
      : ` ${waiting} mails wait for this address. Those that no other list asks for are not sent.`;
  return `${what}${waiting > 0 ? rest : ''} Alerts and tickets do not change.`;
}

/** Asks, and sends mail to a stopped address again. */
export function useAllowRecipient() {
  const client = useQueryClient();
  const confirm = useConfirm();
  const { mutate, isPending } = useMutation({
    mutationFn: ({ recipient, reason }: Deed) =>
      send('POST', `${recipientPath(recipient)}/allow`, { body: {}, ifMatch: etagOf(recipient), reason }),
    onSuccess: (_answer, { recipient }) =>
      tellDone(
        `Mail goes to ${recipient.address} again. Deliveries that have failed stay so until you retry them.`,
      ),
    onSettled: () => refreshMail(client),
  });
  const ask = async (recipient: Recipient) => {
    const answer = await confirm({
      title: `Send to ${recipient.address} again?`,
      text: 'New alerts are mailed to it from now on, in every list that it is in. When it is refused 5 times in a row once more, it is stopped again. Mend the address first if it is wrong.',
      action: 'Send again',
      reason: 'optional',
    });
    if (answer) mutate({ recipient, reason: answer.reason });
  };
  return { allow: ask, isPending };
}
