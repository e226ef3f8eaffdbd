import { type ParsedMail, simpleParser } from 'mailparser';

/** A mail as it came. */
export type KeptMail = {
  /** Counts from 1. */
  id: number;
  receivedAt: Date;
  /** The recipient of the envelope. */
  to: string;
  raw: Buffer;
  subject: string;
  messageId: string;
  /** What the mails of a thread have in common. */
  thread: string;
  parsed: ParsedMail;
};

const MOST_KEPT = 2_000;

/** The newest mails that came, and how many there were. */
export class Mails {
  total = 0;
  readonly #kept = new Map<number, KeptMail>();

  async add(raw: Buffer, recipients: readonly string[]): Promise<void> {
    // Images are not looked for: a mail of Herald has none.
    const parsed = await simpleParser(raw, { skipImageLinks: true });
    const messageId = parsed.messageId ?? '';
    const [root = messageId] = [parsed.references ?? []].flat();
    for (const to of recipients) {
      this.total += 1;
      this.#kept.set(this.total, {
        id: this.total,
        receivedAt: new Date(),
        to,
        raw,
        subject: parsed.subject ?? '(no subject)',
        messageId,
        thread: root,
        parsed,
      });
      this.#kept.delete(this.total - MOST_KEPT);
    }
  }

  get(id: number): KeptMail | undefined {
    return this.#kept.get(id);
  }

  /** Newest first; only those to an address, if one is given. */
  newest(to: string | null): KeptMail[] {
    return [...this.#kept.values()].reverse().filter((mail) => to === null || mail.to === to);
  }

  /** Mails of a thread, oldest first. */
  thread(thread: string): KeptMail[] {
    return [...this.#kept.values()].filter((mail) => mail.thread === thread);
  }
}
