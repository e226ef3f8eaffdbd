/** What the lease holder of a connection keeps of it between rounds. */
import type { Adapter, Session } from '../psa/contract.ts';
import type { QueueingSlots } from '../psa/http.ts';
import type { ContactDirectory } from './contacts.ts';
import type { ContractDirectory } from './contracts.ts';
import type { Flow } from './flow.ts';
import type { Timing } from './timing.ts';

export interface Channel {
  readonly connectionId: string;
  readonly workspaceId: string;
  readonly epoch: string;
  readonly adapter: Adapter;
  readonly timing: Timing;
  readonly slots: QueueingSlots;
  readonly flow: Flow;
  readonly session: Session;
  readonly contacts: ContactDirectory;
  readonly contracts: ContractDirectory;
  /** Writes that are being sent or looked up, or whose outcome no round has settled yet: nobody else takes them up. */
  readonly busy: Set<string>;
}
