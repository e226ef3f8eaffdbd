/** The part of a logger that the embedded PostgreSQL uses. Passwords are never in a message. */
export type Log = {
  info(message: string): void;
  warn(message: string): void;
};
