import { useMutation } from '@tanstack/react-query';
import { getText, query } from '../../api/client.ts';
import { ActionButton } from '../../parts/ActionButton.tsx';
import type { RecipientFilters } from './queries.ts';

/** A table of what the filters leave; it can be imported again. */
export function ExportButton({ filters }: { filters: RecipientFilters }) {
  const save = useMutation({
    // Not a plain link: the workspace that was chosen stands in a header.
    mutationFn: async () =>
      offer(await getText(`/recipients/export${query({ ...filters })}`), 'herald-recipients.csv'),
  });
  return (
    <ActionButton variant="default" loading={save.isPending} onClick={() => save.mutate()}>
      Export
    </ActionButton>
  );
}

function offer(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
