// Protected files: résumés, and the documents of applications.
import { pb } from "./pb.js";

/**
 * SDK idiom: protected files. A file token lives three minutes, so it is fetched on the click and not when the link is drawn.
 * @param {{ id: string, collectionId: string, collectionName: string }} record @param {string} name
 */
async function urlOf(record, name) {
    const token = await pb.files.getToken({ requestKey: null });
    return pb.files.getURL(record, name, { token });
}

/** @param {Parameters<typeof urlOf>[0]} record @param {string} name */
export async function openDocument(record, name) {
    const tab = window.open("", "_blank"); // before any await: later, browsers would block it
    try {
        const url = await urlOf(record, name);
        if (tab) {
            tab.opener = null;
            tab.location.href = url;
        } else {
            location.href = url;
        }
    } catch (error) {
        tab?.close();
        throw error;
    }
}

/**
 * asFile fetches a stored document so that it can be sent again, such as a résumé with an application.
 * @param {Parameters<typeof urlOf>[0]} record @param {string} name
 */
export async function asFile(record, name) {
    const answer = await fetch(await urlOf(record, name));
    if (!answer.ok) {
        throw new Error(`the document could not be read: ${answer.status}`);
    }
    return new File([await answer.blob()], plainName(name), { type: answer.headers.get("Content-Type") ?? "" });
}

/**
 * plainName returns the name that a file had before PocketBase made it unique: resume.pdf for resume_9x7h2kq1la.pdf.
 * @param {string} name
 */
export function plainName(name) {
    return name.replace(/_[a-z0-9]{10}(\.[^.]+)?$/i, "$1");
}
