/**
 * The one grammar of addresses that mail goes to or comes from (promises I-13, M12): narrower than RFC 5322 on purpose, so
 * that an address names exactly one mailbox wherever it is written. Quotes, comments, lists and names are no part of it.
 */
import { domainToASCII } from 'node:url';

export type ParsedAddress =
  /**
   * `address` is what is stored, compared, and written into envelopes and headers: the part before the @ as it was typed,
   * and the domain in small ASCII letters (an international one in punycode).
   */
  | { ok: true; address: string; domain: string }
  /** `message` names what is wrong, as a sentence for the person who typed it. */
  | { ok: false; message: string };

/** RFC 5321 §4.5.3.1: a path is at most 256 characters with its brackets, the part before the @ at most 64, a domain 255. */
const mostInAll = 254;
const mostLocal = 64;
const mostDomain = 255;

const atom = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+$/;
/** A label of a host's name (RFC 1123 §2.1). */
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Letters, their marks and digits of any script: what an international name consists of before it is made ASCII. */
const international = /^[\p{L}\p{M}\p{N}.-]+$/u;

/** Reads one address. What is longer than any address is refused before anything else is looked at. */
export function parseAddress(text: string): ParsedAddress {
  if (text === '') return refused('An address is missing.');
  if (text.length > mostInAll) return refused(`An address has at most ${mostInAll} characters.`);
  const foreign = strayCharacter(text);
  if (foreign) return refused(foreign);
  const at = text.indexOf('@');
  if (at < 0) return refused('An address has an @, as in name@company.example.');
  if (text.includes('@', at + 1)) return refused('An address has only one @.');
  const local = text.slice(0, at);
  const wrong = localProblem(local);
  if (wrong) return refused(wrong);
  const domain = readDomain(text.slice(at + 1));
  if (!domain.ok) return domain;
  const address = `${local}@${domain.domain}`;
  if (address.length > mostInAll) return refused(`An address has at most ${mostInAll} characters.`);
  return { ok: true, address, domain: domain.domain };
}

/** Characters that would make it more than one address, or another one than people see. */
function strayCharacter(text: string): string | undefined {
  if (/[\r\n\u0085\u2028\u2029]/.test(text)) return 'An address is one line.';
  if (/[^\P{C}\t]/u.test(text)) return 'This address has characters that one cannot see.';
  if (/[,;]/.test(text)) return 'Enter one address at a time, without commas or semicolons.';
  if (/[<>]/.test(text)) return 'Enter only the address, without a name and without < and >.';
  if (/["\\]/.test(text)) return 'Addresses with quotes or backslashes are not taken.';
  if (/[()]/.test(text)) return 'An address has no comment: leave out the parentheses.';
  if (/[\p{Z}\t]/u.test(text)) return 'An address has no blanks.';
  return undefined;
}

function localProblem(local: string): string | undefined {
  if (local === '') return 'The part before the @ is missing.';
  if (local.length > mostLocal) return `The part before the @ has at most ${mostLocal} characters.`;
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) {
    return 'The part before the @ has no dot at its start or end, and no two in a row.';
  }
  if (local.split('.').every((part) => atom.test(part))) return undefined;
  const wrong = [...local].find((character) => character !== '.' && !atom.test(character));
  return `The part before the @ cannot have ${wrong}: it is made of the letters a to z, digits and signs such as . - _ +.`;
}

function readDomain(text: string): { ok: true; domain: string } | { ok: false; message: string } {
  if (text === '') return refused('The domain after the @ is missing.');
  if (text.startsWith('[')) return refused('The domain must be a name, not an IP address.');
  const domain = inAscii(text);
  if (domain === undefined) return refused(`${text} is not a name that a domain can have.`);
  if (domain.length > mostDomain) return refused(`A domain has at most ${mostDomain} characters.`);
  const labels = domain.split('.');
  if (labels.includes('')) return refused('The domain has a dot too many.');
  const wrong = labels.find((one) => !label.test(one));
  if (wrong !== undefined) return refused(`${wrong} cannot stand in a domain.`);
  if (labels.length < 2) return refused(`${text} is not a whole domain, such as company.example.`);
  if (/^\d+$/.test(labels.at(-1) as string)) return refused('The domain must be a name, not an IP address.');
  return { ok: true, domain };
}

/** In small letters, and in punycode; undefined for what is no name. */
function inAscii(text: string): string | undefined {
  const small = text.toLowerCase();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII.
  if (/^[\u0000-\u007f]+$/.test(small)) return small;
  // Node's function reads more than names (ports, percent signs, numbers as addresses): none of that may reach it.
  return international.test(small) ? domainToASCII(small) || undefined : undefined;
}

const refused = (message: string): { ok: false; message: string } => ({ ok: false, message });
