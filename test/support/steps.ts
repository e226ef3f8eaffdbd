/** Settings of a connection by step, as tests and benchmarks store them: values that the Autotask simulator has. */

/** What the simulator takes for good. */
export const simulatorCredentials = {
  username: 'api.user@msp.example',
  secret: 'Sim-Secret-1',
  integrationCode: 'SIMULATORTRACKINGCODE000001',
};

export const accountsStep = { catchAllAccountId: '0', attachContacts: false };

/** Alerts of one user with the same title share a ticket. */
export const ticketsStep = {
  ticketCategory: '3',
  ticketType: '5',
  ticketStatus: '1',
  ticketQueue: '8',
  ticketSource: '8',
  ticketSubject: '{{ alert.title }} - {{ alert.user.email }}',
  priorities: { informational: null, low: '3', medium: '2', high: '1', critical: '4' },
  noteType: '3',
  noteVisibility: '2',
  noteTitle: '{{ alert.title }}',
  brake: null,
};

export const contractsStep = { addContracts: false, syncUsers: false };

/** The steps that are stored in clear, all complete. */
export const steps = { accounts: accountsStep, tickets: ticketsStep, contracts: contractsStep };
