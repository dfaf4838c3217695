// What an application can be filled in with, so that nobody has to tell the board the same thing twice.

/** @import { Application, Profile, Question } from "./pb.js" */

/**
 * guess gathers what the board knows of a seeker. answers has the newest answer to each question, by its words; about finds the fact
 * of the profile that a question seems to ask for.
 * @param {Profile} profile @param {Application[]} earlier
 */
export function guess(profile, earlier) {
    /** @type {Map<string, unknown>} */
    const answers = new Map();
    for (const application of earlier) {
        const given = /** @type {Record<string, unknown>} */ (application.answers ?? {});
        for (const { id, label } of application.expand?.job?.questions ?? []) {
            if (id && given[id] !== undefined && !answers.has(label)) {
                answers.set(label, given[id]);
            }
        }
    }
    /** @type {[RegExp, string | number][]} */
    const facts = [
        [/experience|erfahrung|years|jahre/i, profile.experienceYears],
        [/salary|pay|gehalt/i, profile.salaryExpectation],
        [/phone|telefon/i, profile.phone],
        [/website|portfolio|link/i, profile.website],
        [/where|city|wohn|ort\b/i, profile.location],
    ];
    return {
        answers,
        coverLetter: earlier.find((application) => application.coverLetter)?.coverLetter ?? "",
        /** @param {string} label @param {Question["type"]} type */
        about(label, type) {
            const fact = facts.find(([words]) => words.test(label))?.[1];
            const fits = type === (typeof fact === "number" ? "number" : "text");
            return fits && fact ? fact : undefined; // 0 means that it was not filled in
        },
    };
}
