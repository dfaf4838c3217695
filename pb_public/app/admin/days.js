// Days in UTC, as the board's reports count them.

/** dayAgo returns a day, such as 2026-01-31. @param {number} days */
export const dayAgo = (days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/**
 * periods returns the last days, with today, and as many before them. @param {number} days
 * @returns {{ from: string, to: string }[]}
 */
export const periods = (days) => [{ from: dayAgo(days - 1), to: dayAgo(0) }, { from: dayAgo(2 * days - 1), to: dayAgo(days) }];
