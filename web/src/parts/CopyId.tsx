import { CopyButton, Tooltip, UnstyledButton } from '@mantine/core';

/** An id that one copies by clicking on it. */
export function CopyId({ id, label = 'id' }: { id: string; label?: string }) {
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy this ${label}`}>
          <UnstyledButton className="copyId" onClick={copy} aria-label={`Copy ${label} ${id}`}>
            {id}
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}
