// Forms: fields with labels and hints, and errors, which are shown at the field and in a summary.
import { html, nothing } from "./view.js";
import { label, t } from "./i18n.js";
import { ClientResponseError } from "./pb.js";
import { reasonOf } from "./messages.js";

/** @import { TextKey } from "./texts/en.js" */

/**
 * @typedef {{
 *   name: string, label: string, type?: string, value?: string | number, hint?: string, required?: boolean, autocomplete?: string,
 *   options?: [string, string][], rows?: number, min?: string | number, max?: string | number, minlength?: number, accept?: string,
 *   multiple?: boolean, oninput?: (event: InputEvent) => void,
 * }} Field
 */

/** Texts for the board's error codes. For any other code the board's own message is shown. */
const codes = /** @type {Record<string, TextKey>} */ ({
    validation_required: "errRequired",
    validation_is_email: "errEmail",
    validation_is_url: "errURL",
    validation_not_unique: "errTaken",
    validation_values_mismatch: "errMismatch",
    validation_min_text_constraint: "errShort",
    validation_max_text_constraint: "errLong",
    validation_invalid_mime_type: "errFileType",
    validation_file_size_limit: "errFileSize",
});

/**
 * createForm keeps the state of one form. Errors appear when the form is sent, never while somebody types; those that the browser finds
 * look like those of the board.
 * @param {() => void} redraw
 * @param {(data: FormData, form: HTMLFormElement) => Promise<unknown>} send
 */
export function createForm(redraw, send) {
    /** @type {Record<string, string>} */
    let errors = {};
    let message = "";
    let busy = false;

    /** @param {SubmitEvent} event */
    async function submit(event) {
        event.preventDefault();
        const form = /** @type {HTMLFormElement} */ (event.currentTarget);
        if (busy) {
            return;
        }
        errors = wrongInputs(form);
        message = "";
        if (Object.keys(errors).length === 0) {
            busy = true;
            redraw();
            try {
                await send(new FormData(form), form);
            } catch (error) {
                errors = fieldErrors(error);
                const shown = Object.keys(errors).filter((name) => form.elements.namedItem(name));
                message = shown.length > 0 ? "" : reasonOf(error);
            }
            busy = false;
        }
        redraw();
        if (message || Object.keys(errors).length > 0) {
            form.querySelector(/** @type {"div"} */ (".notice.bad"))?.focus();
        }
    }

    const self = {
        submit,
        get busy() {
            return busy;
        },
        /** summary draws the list of errors, with links to the fields. */
        summary() {
            const names = Object.keys(errors);
            if (!message && names.length === 0) {
                return nothing;
            }
            return html`
                <div class="notice bad" tabindex="-1" role="alert" aria-labelledby="problem">
                    <h2 id="problem">${t("problem")}</h2>
                    ${message ? html`<p>${message}</p>` : html`
                        <ul>${names.map((name) => html`<li><a href="#" @click=${goTo(name)}>${errors[name]}</a></li>`)}</ul>`}
                </div>`;
        },
        /** @param {string} text @param {unknown} [beside] */
        button(text, beside = nothing) {
            return html`
                <div class="row"><button class="button primary" aria-busy=${busy}>${busy ? t("sending") : text}</button>${beside}</div>`;
        },
        /** @param {Field} field */
        field(field) {
            return drawField(field, errors[field.name]);
        },
        /** @param {string} name @param {string} label @param {boolean} [checked] @param {string} [value] */
        check(name, label, checked = false, value = "true") {
            return html`<label class="check"><input type="checkbox" name=${name} value=${value} ?checked=${checked}> ${label}</label>`;
        },
        /** @param {string} name */
        error(name) {
            return errors[name] ? html`<p class="error" id="error-${name}">${errors[name]}</p>` : nothing;
        },
    };
    return self;
}

/** @param {HTMLFormElement} form */
function wrongInputs(form) {
    /** @type {Record<string, string>} */
    const wrong = {};
    for (const input of /** @type {Iterable<HTMLInputElement>} */ (/** @type {unknown} */ (form.elements))) {
        const { valueMissing, typeMismatch, tooShort, rangeUnderflow, rangeOverflow, badInput } = input.validity;
        if (valueMissing || input.required && !input.value.trim()) {
            wrong[input.name] = t("errRequired");
        } else if (typeMismatch) {
            wrong[input.name] = t(input.type === "email" ? "errEmail" : "errURL");
        } else if (tooShort || input.minLength > 0 && input.value && input.value.length < input.minLength) {
            wrong[input.name] = t("errMin", { n: input.minLength });
        } else if (rangeUnderflow || rangeOverflow || badInput) {
            wrong[input.name] = t("errNumber");
        }
        if (wrong[input.name]) {
            const label = input.labels?.[0]?.textContent?.replace("*", "").trim();
            wrong[input.name] = label ? `${label}: ${wrong[input.name]}` : wrong[input.name];
        }
    }
    return wrong;
}

/**
 * SDK idiom: field errors. error.response.data has, by field, a code for programs and a message for people.
 * @param {unknown} error
 * @returns {Record<string, string>}
 */
function fieldErrors(error) {
    if (!(error instanceof ClientResponseError)) {
        return {};
    }
    const data = /** @type {Record<string, { code: string, message: string }>} */ (error.response?.data ?? {});
    return Object.fromEntries(Object.entries(data).map(([name, { code, message }]) => [name, codes[code] ? t(codes[code]) : message]));
}

/** @param {string} name */
function goTo(name) {
    return (/** @type {Event} */ event) => {
        event.preventDefault();
        document.getElementById(`field-${name}`)?.focus();
    };
}

/** @param {Field} field @param {string | undefined} error */
function drawField(field, error) {
    const { name, label, type = "text", value = "", hint, required = false } = field;
    const id = `field-${name}`;
    const described = [hint && `hint-${name}`, error && `error-${name}`].filter(Boolean).join(" ") || nothing;
    const invalid = error ? "true" : nothing;
    const control = () => {
        switch (type) {
            case "textarea":
                return html`
                    <textarea class="textarea" id=${id} name=${name} rows=${field.rows ?? 6} ?required=${required} aria-invalid=${invalid}
                        aria-describedby=${described} .defaultValue=${String(value)} @input=${field.oninput ?? nothing}></textarea>`;
            case "select":
                return html`
                    <select class="select" id=${id} name=${name} ?required=${required} aria-describedby=${described} aria-invalid=${invalid}
                        @change=${field.oninput ?? nothing}>${options(field.options ?? [], String(value))}</select>`;
            default:
                return html`
                    <input class="input" id=${id} name=${name} type=${type} value=${String(value)} ?required=${required}
                        autocomplete=${field.autocomplete ?? nothing} min=${field.min ?? nothing} max=${field.max ?? nothing}
                        minlength=${field.minlength ?? nothing} accept=${field.accept ?? nothing} ?multiple=${field.multiple ?? false}
                        inputmode=${type === "number" ? "decimal" : nothing} step=${type === "number" ? "any" : nothing}
                        aria-describedby=${described} aria-invalid=${invalid} @input=${field.oninput ?? nothing}>`;
        }
    };
    return html`
        <div class="field">
            <label for=${id}>${label}${required ? html`<span class="required" aria-hidden="true"> *</span>` : nothing}</label>
            ${hint ? html`<p class="hint" id="hint-${name}">${hint}</p>` : nothing}
            ${error ? html`<p class="error" id="error-${name}">${error}</p>` : nothing}
            ${control()}
        </div>`;
}

/** valueOf makes a listener for the value of the control that changed. @param {(value: string) => void} listener */
export const valueOf = (listener) => (/** @type {Event} */ { target }) => listener(/** @type {HTMLInputElement} */ (target).value);

/** options draws the options of a select. @param {readonly (readonly [string, string])[]} pairs @param {string | undefined} chosen */
export const options = (pairs, chosen) => pairs.map(([value, text]) => html`
    <option value=${value} ?selected=${value === chosen}>${text}</option>`);

/** labelled pairs the board's values with their labels. @param {readonly string[]} values */
export const labelled = (values) => values.map((value) => /** @type {[string, string]} */ ([value, label(value)]));

/**
 * choices returns the options of a select: an empty one, then the values with their labels.
 * @param {readonly string[]} values @param {(value: string) => string} [labelOf]
 * @returns {[string, string][]}
 */
export const choices = (values, labelOf = label) => [
    ["", t("choose")], ...values.map((value) => /** @type {[string, string]} */ ([value, labelOf(value)])),
];

/** named returns choices among records. @param {readonly { id: string, name: string }[]} records @returns {[string, string][]} */
export const named = (records) => [["", t("choose")], ...records.map(({ id, name }) => /** @type {[string, string]} */ ([id, name]))];

/**
 * words splits a list as people type it: "Go, SQL, care".
 * @param {FormDataEntryValue | null} value
 */
export const words = (value) => String(value ?? "").split(/[,\n]/).map((word) => word.trim()).filter(Boolean);

/** @param {string} text */
export const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

/** @param {FormData} data @param {string} name */
export const textOf = (data, name) => String(data.get(name) ?? "").trim();

/** filesOf leaves out the empty file that an untouched input sends. @param {FormData} data @param {string} name */
export const filesOf = (data, name) => data.getAll(name).filter((file) => file instanceof File && file.size > 0);
