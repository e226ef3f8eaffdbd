import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Connection } from '../../api/types.ts';
import { ChangeDialog } from './ChangeDialog.tsx';

export function RenameDialog({ connection, onClose }: { connection: Connection; onClose(): void }) {
  const [name, setName] = useState(connection.name);
  return (
    <ChangeDialog
      connection={connection}
      title={`Rename ${connection.name}`}
      body={{ name }}
      done={`It was renamed to ${name.trim()}.`}
      onClose={onClose}
    >
      {(error) => (
        <TextInput
          label="Name"
          description="Only Herald uses it; the PSA does not see it."
          maxLength={200}
          value={name}
          error={error}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
      )}
    </ChangeDialog>
  );
}
