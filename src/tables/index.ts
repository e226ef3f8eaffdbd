/** Many things at once from a table that people keep in a spreadsheet; what only reads one takes `csv.ts`. */
export { type ImportLine, importAnswer, importBody, inPieces, rowsOf, sumUp } from './imports.ts';
