/** What a server says that it can do. */
export interface Offers {
  smtpUtf8: boolean;
  eightBit: boolean;
  /** The largest message in bytes; undefined when it names none. */
  mostBytes: number | undefined;
  /** A way to sign in that the client knows. */
  signIn: boolean;
}

export const noOffers: Offers = { smtpUtf8: false, eightBit: false, mostBytes: undefined, signIn: false };

const knownMechanisms = new Set(['PLAIN', 'LOGIN', 'CRAM-MD5']);

/** Reads the reply to EHLO, lines joined by LF. */
export function readOffers(reply: string): Offers {
  const words = reply
    .split(/\r?\n/)
    .slice(1)
    .map((line) =>
      line
        .slice(4)
        .trim()
        .toUpperCase()
        .split(/[\s=]+/),
    );
  const find = (name: string) => words.filter(([keyword]) => keyword === name);
  const size = Number(find('SIZE')[0]?.[1]);
  return {
    smtpUtf8: find('SMTPUTF8').length > 0,
    eightBit: find('8BITMIME').length > 0,
    mostBytes: Number.isSafeInteger(size) && size > 0 ? size : undefined,
    signIn: find('AUTH').some((line) => line.some((word) => knownMechanisms.has(word))),
  };
}
