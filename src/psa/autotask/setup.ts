/** What the operator does in Autotask before connecting it (req 39–47, decision 18; fact sheet autotask §1.3). */
import type { Adapter } from '../contract.ts';

export const setup: Adapter['setup'] = {
  prerequisites: [
    'A dedicated API user exists in Autotask for this integration.',
    'That user may sign in to the Autotask web-services API (security level "API User (system)").',
    'Every Autotask account that may receive a ticket has at least one contact.',
    'There is a catch-all account with a contact, for organizations without a mapping.',
  ],
  steps: [
    'In Autotask open Admin → Resources (Users).',
    'Open the menu beside "+ New" and choose "New API User".',
    'Fill in the name and e-mail address. As Security Level choose "API User (system)".',
    'Press "Generate Key" and "Generate Secret", and copy both to a safe place.',
    'Under API Tracking Identifier choose "Custom (Internal Integration)", give it a name, and copy the identifier.',
    'Press "Save & Close".',
    'Enter the key as API Username, the secret as API Password, and the tracking identifier here.',
  ],
  warnings: [
    'Copy the key and the secret at once: both are needed, and Autotask does not show the secret again.',
    'Use a dedicated API user. One that a person or another integration uses would share its limits and its lock.',
    'Never give the tracking identifier to another tool: the limit of parallel calls attaches to it.',
    'Do not assign a Line of Business to the API user unless the business is strictly divided by it: tickets of ' +
      'other lines would be hidden from it.',
    'Autotask locks an API user after several wrong passwords. After one refused login no further call is made ' +
      'until a person acts.',
  ],
};
