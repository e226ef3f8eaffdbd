import { hiddenCharacters, numberOf } from './visible.ts';

interface ForeignProps {
  text: string;
  /** Keeps its lines. */
  isBlock?: boolean;
}

/**
 * Text that others wrote, shown as what it is: it cannot turn the direction of the text around it, and characters that
 * one would not see stand there by their number.
 */
export function Foreign({ text, isBlock }: ForeignProps) {
  // Every second piece is what the expression found.
  const pieces = text.split(hiddenCharacters);
  return (
    <bdi className={isBlock ? 'foreign foreignBlock' : 'foreign'}>
      {pieces.map((piece, i) =>
        i % 2 === 0 ? (
          piece
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces never change places
          <span key={i} className="hiddenCharacter">
            {numberOf(piece)}
          </span>
        ),
      )}
    </bdi>
  );
}
