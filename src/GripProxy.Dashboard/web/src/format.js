/** @param {number | null | undefined} value */
export const count = (value) => value === null || value === undefined ? '–' : value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 });

/** @param {number | null | undefined} value */
export function bytes(value) {
  if (value === null || value === undefined)
    return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(value < 10 && unit > 0 ? 1 : 0)} ${units[unit]}`;
}

/** @param {number | null | undefined} seconds */
export function duration(seconds) {
  if (seconds === null || seconds === undefined)
    return '–';
  if (seconds < 0.001)
    return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1)
    return `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  if (seconds < 120)
    return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** Time since then. @param {string} time */
export const since = (time) => duration(Math.max(0, (Date.now() - Date.parse(time)) / 1000));
