// The values that forms offer, in the board's order, and the types of files that the board accepts.

export const workplaces = /** @type {const} */ (["on_site", "hybrid", "remote"]);
export const jobTypes = /** @type {const} */ (["full_time", "part_time", "contract", "temporary", "internship", "volunteer"]);
export const experienceLevels = /** @type {const} */ (["internship", "entry", "mid", "senior", "lead", "executive"]);
export const salaryPeriods = /** @type {const} */ (["hour", "day", "week", "month", "year"]);
export const applyMethods = /** @type {const} */ (["board", "url", "email"]);
export const companySizes = /** @type {const} */ (["1-10", "11-50", "51-200", "201-1000", "1001+"]);
export const frequencies = /** @type {const} */ (["instant", "daily", "weekly", "off"]);
export const questionTypes = /** @type {const} */ (["text", "yes_no", "choice", "number"]);
export const documentTypes = ".pdf,.doc,.docx,.odt,.txt,.rtf";
