import { between, pick, type Random } from './random.ts';

// biome-ignore format: a table of words
const places = [
  'Northwind', 'Harbor', 'Cedar', 'Summit', 'Lakeside', 'Granite', 'Willow', 'Beacon', 'Prairie', 'Redwood',
  'Silverline', 'Bluewater', 'Ironbridge', 'Oakfield', 'Stonegate', 'Fairview', 'Maplewood', 'Riverside', 'Highland', 'Sterling',
  'Kestrel', 'Juniper', 'Falcon', 'Copperfield', 'Evergreen', 'Brightwater', 'Milestone', 'Whitfield', 'Ashgrove', 'Larkspur',
] as const;

// biome-ignore format: a table of words
const trades = [
  'Dental', 'Legal', 'Accounting', 'Logistics', 'Manufacturing', 'Pediatrics', 'Architects', 'Insurance', 'Foods', 'Engineering',
  'Credit Union', 'Veterinary', 'Academy', 'Construction', 'Printing', 'Realty', 'Pharmacy', 'Brewing', 'Physiotherapy', 'Tool & Die',
  'Travel', 'Surveyors', 'Plumbing', 'Optics', 'Charter School', 'Funeral Home', 'Title', 'Freight', 'Wealth Advisors', 'Hardware',
] as const;

const endings = ['', '', '', ' Inc.', ' LLC', ' Group', ' Partners', ' & Sons', ' Ltd'] as const;

// biome-ignore format: a table of words
const firstNames = [
  'Ana', 'Ben', 'Carla', 'David', 'Elena', 'Farid', 'Grace', 'Henrik', 'Ines', 'Jamal',
  'Karin', 'Liam', 'Mei', 'Noah', 'Olga', 'Priya', 'Quentin', 'Rosa', 'Samir', 'Tove',
  'Ursula', 'Viktor', 'Wanda', 'Yusuf', 'Zoë', 'Björn',
] as const;

// biome-ignore format: a table of words
const lastNames = [
  'Adler', 'Brooks', 'Castillo', 'Dubois', 'Eriksen', 'Fischer', 'Garcia', 'Hughes', 'Ivanova', 'Jensen',
  'Khan', 'Lindqvist', 'Moreau', 'Novak', "O'Neil", 'Patel', 'Quinn', 'Rossi', 'Sato', 'Tanaka',
  'Ueda', 'Varga', 'Weber', 'Young', 'Zimmermann', 'Müller',
] as const;

export type SamplePerson = { firstName: string; lastName: string; emailAddress: string };

/** A believable company name. From `at` on every full round of the words, names carry a number and stay distinct. */
export function companyName(random: Random, at: number): string {
  const place = places[at % places.length];
  const trade = trades[Math.floor(at / places.length + at) % trades.length];
  const round = Math.floor(at / (places.length * trades.length));
  return `${place} ${trade}${round === 0 ? '' : ` ${round + 1}`}${pick(random, endings)}`;
}

/** The mail domain of a company: its name in letters and digits, below `.example`. */
export function companyDomain(name: string): string {
  return `${name.toLowerCase().replace(/[^a-z0-9]/g, '')}.example`;
}

export function samplePerson(random: Random, domain: string): SamplePerson {
  const firstName = pick(random, firstNames);
  const lastName = pick(random, lastNames);
  const mailbox = `${firstName}.${lastName}`
    .normalize('NFD')
    .replace(/[^A-Za-z.]/g, '')
    .toLowerCase();
  const emailAddress = `${mailbox}${between(random, 0, 4) === 0 ? between(random, 2, 99) : ''}@${domain}`;
  return { firstName, lastName, emailAddress };
}
