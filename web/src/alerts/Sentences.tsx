import { List } from '@mantine/core';
import { Decision } from '../parts/Decision.tsx';

/** Why something is so, in the order of the decisions; names in it are others' text. */
export function Sentences({ sentences }: { sentences: readonly string[] }) {
  return (
    <List size="sm" spacing={2}>
      {sentences.map((sentence, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what was decided never changes places
        <List.Item key={i}>
          <Decision sentence={sentence} />
        </List.Item>
      ))}
    </List>
  );
}
