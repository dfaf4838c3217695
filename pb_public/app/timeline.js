// An application's timeline, as both sides see it.
import { html, nothing } from "./view.js";
import { dateTime } from "./format.js";
import { label } from "./i18n.js";
import { pb } from "./pb.js";

/** @import { ApplicationEvent } from "./pb.js" */

/** @param {string} application */
export function eventsOf(application) {
    const filter = pb.filter("application = {:application}", { application });
    return pb.collection("application_events").getFullList({ filter, sort: "created", requestKey: null });
}

/** @param {ApplicationEvent[]} events */
export const timeline = (events) => html`
    <ol class="plain timeline">
        ${events.map((event) => html`
            <li class=${event.to}><strong>${label(event.to)}</strong>
                <time class="muted small" datetime=${event.created}>${dateTime(event.created)}</time>
                ${event.note ? html`<p>${event.note}</p>` : nothing}</li>`)}
    </ol>`;
