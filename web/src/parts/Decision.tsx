import { Foreign } from './Foreign.tsx';

/** What stands behind the name of a thing of the PSA: its id. */
const ids = /( \(id [^()\s]+\))/;

/** A sentence that says what was decided, with the ids of the PSA's things in grey behind their names. */
export function Decision({ sentence }: { sentence: string }) {
  // Every second piece is what the expression found.
  return sentence.split(ids).map((piece, i) =>
    i % 2 === 0 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces never change places
      <Foreign key={i} text={piece} />
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces never change places
      <span key={i} className="quiet">
        <Foreign text={piece} />
      </span>
    ),
  );
}
