/** Alerts in blocks: what lists and the dashboard know without reading every alert. */
export { countRows, noChannel } from './counts.ts';
export { noteChanged, noteRemoved } from './store.ts';
export { type Blocks, createBlocks } from './turn.ts';
