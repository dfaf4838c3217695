// Descriptions are HTML that the board has sanitised. No string goes to the browser's HTML parser: the few elements that a description
// may have are created one by one, and everything else becomes plain text. So the page runs under Trusted Types, and a text that got
// past the board's sanitiser could do no harm.

const allowed = new Set([
    "p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "b", "em", "i", "u", "a", "blockquote", "code", "pre", "hr", "mark",
]);
const void_ = new Set(["br", "hr"]);
const renamed = /** @type {Record<string, string>} */ ({ h1: "h3", h2: "h3", h5: "h4", h6: "h4" });
const entities = /** @type {Record<string, string>} */ ({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" });
const token = /<!--[^]*?-->|<(\/?)([a-z][a-z0-9]*)((?:[^>"']|"[^"]*"|'[^']*')*)>|[^<]+|</gi;

/** @param {string} text */
function decode(text) {
    return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi, (all, decimal, hex, name) => {
        const code = decimal ? Number(decimal) : hex ? parseInt(hex, 16) : 0;
        return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : (entities[name] ?? all);
    });
}

/** @param {string} attributes */
function hrefIn(attributes) {
    const found = attributes.match(/\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/i);
    const href = decode(found?.[1] ?? found?.[2] ?? "").trim();
    return /^(https?:\/\/|mailto:)/i.test(href) ? href : "";
}

/**
 * richText turns sanitised HTML into nodes.
 * @param {string} source
 */
export function richText(source) {
    const top = document.createDocumentFragment();
    /** @type {(DocumentFragment | HTMLElement)[]} */
    const open = [top];
    for (const [whole, slash, tag, attributes] of source.matchAll(token)) {
        const parent = open[open.length - 1];
        const name = tag ? (renamed[tag.toLowerCase()] ?? tag.toLowerCase()) : "";
        if (!tag) {
            if (!whole.startsWith("<!--")) {
                parent.append(decode(whole));
            }
        } else if (!allowed.has(name)) {
            continue;
        } else if (slash) {
            const at = open.findLastIndex((node) => node instanceof HTMLElement && node.localName === name);
            if (at > 0) {
                open.length = at;
            }
        } else {
            const element = document.createElement(name);
            if (element instanceof HTMLAnchorElement) {
                element.href = hrefIn(attributes) || "#/";
                element.rel = "nofollow noopener ugc";
                element.target = "_blank";
            }
            parent.append(element);
            if (!void_.has(name) && open.length < 50) {
                open.push(element);
            }
        }
    }
    return top;
}

/**
 * toText returns a description as people edit it: "## " marks headings, "- " list items, ** strong words.
 * @param {string} source  sanitised HTML
 */
export function toText(source) {
    return written(richText(source)).replace(/[ \t]+\n/g, "\n").replace(/\n{3,}/g, "\n\n").trim();
}

/** @param {Node} node @returns {string} */
function written(node) {
    const inside = [...node.childNodes].map(written).join("");
    if (node.nodeType === Node.TEXT_NODE) {
        return (node.textContent ?? "").replace(/\s+/g, " ");
    }
    switch (node instanceof HTMLElement ? node.localName : "") {
        case "br": return "\n";
        case "p": case "blockquote": case "pre": return `\n\n${inside.trim()}\n\n`;
        case "h3": case "h4": return `\n\n## ${inside.trim()}\n\n`;
        case "ul": case "ol": return `\n\n${inside}\n\n`;
        case "li": return `- ${inside.trim().replace(/\n+/g, " ")}\n`;
        case "strong": case "b": return inside.trim() ? `**${inside}**` : inside;
        case "a": return `[${inside}](${/** @type {HTMLAnchorElement} */ (node).getAttribute("href")})`;
        default: return inside;
    }
}

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "quot" }[c]};`);

/** @param {string} line */
function inline(line) {
    return escaped(line)
        .replace(/\*\*(.+?)\*\*/g, "<strong>$1</strong>")
        .replace(/\[([^\]]+)\]\((https?:\/\/[^)\s]+|mailto:[^)\s]+)\)/g, '<a href="$2">$1</a>');
}

/**
 * toHTML reverses toText.
 * @param {string} text
 */
export function toHTML(text) {
    /** @type {string[]} */
    const out = [];
    for (const block of text.replace(/\r/g, "").split(/\n{2,}/)) {
        const lines = block.split("\n").filter((line) => line.trim());
        while (lines.length > 0) {
            const heading = lines[0].match(/^#+\s+(.*)/);
            const isItem = (/** @type {string} */ line) => /^\s*[-*]\s+/.test(line);
            if (heading) {
                out.push(`<h3>${inline(heading[1])}</h3>`);
                lines.shift();
                continue;
            }
            const items = isItem(lines[0]);
            const end = lines.findIndex((line) => isItem(line) !== items || /^#+\s/.test(line));
            const run = lines.splice(0, end < 0 ? lines.length : end);
            out.push(
                items
                    ? `<ul>${run.map((line) => `<li>${inline(line.replace(/^\s*[-*]\s+/, ""))}</li>`).join("")}</ul>`
                    : `<p>${run.map(inline).join("<br>")}</p>`,
            );
        }
    }
    return out.join("");
}
