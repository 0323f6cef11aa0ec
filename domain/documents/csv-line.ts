/**
 * One line of a CSV export, ended by CRLF (RFC 4180). A cell that a spreadsheet would run as a formula (it begins with `=`,
 * `+`, `-`, `@`, tab or CR, blanks before it included) gets an apostrophe in front; a plain number is left alone.
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map((cell) => csvCell(cell === null ? '' : String(cell))).join(',')}\r\n`;
}

function csvCell(value: string): string {
  const safe = isFormula(value) ? `'${value}` : value;
  return /[",\r\n;\t]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function isFormula(value: string): boolean {
  return /^\s*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(value) && !/^[+-]?\d+([.,]\d+)?$/.test(value);
}
