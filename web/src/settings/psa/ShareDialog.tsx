import { NumberInput } from '@mantine/core';
import { useState } from 'react';
import type { Connection } from '../../api/types.ts';
import { ChangeDialog } from './ChangeDialog.tsx';

/** In percent, as the API takes it: 5 to 100. */
const leastShare = 5;

export function ShareDialog({ connection, onClose }: { connection: Connection; onClose(): void }) {
  const [percent, setPercent] = useState<number | string>(Math.round(connection.budgetShare * 100));
  const share = typeof percent === 'number' ? percent / 100 : null;
  return (
    <ChangeDialog
      connection={connection}
      title={`Share of the calls of ${connection.name}`}
      body={{ budgetShare: share }}
      done={
        share === null
          ? 'It uses the usual share again.'
          : `It uses at most ${percent} % of the calls from now on.`
      }
      onClose={onClose}
    >
      {(error) => (
        <NumberInput
          label="Percent of the calls that the PSA allows"
          description={`${connection.label} counts the calls of all tools together. Leave the rest to the others. Empty: as usual for this PSA.`}
          min={leastShare}
          max={100}
          allowDecimal={false}
          suffix=" %"
          value={percent}
          error={error}
          onChange={setPercent}
          data-autofocus
        />
      )}
    </ChangeDialog>
  );
}
