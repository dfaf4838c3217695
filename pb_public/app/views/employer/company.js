// The company's profile, as seekers see it.
import { heading, html, logo, nothing } from "../../view.js";
import { t } from "../../i18n.js";
import { myId, pb } from "../../pb.js";
import { choices, createForm, filesOf, named, textOf } from "../../forms.js";
import { toast } from "../../messages.js";
import { myCompanies } from "../../companies.js";
import { fields } from "../../taxonomy.js";
import { toHTML, toText } from "../../richtext.js";
import { companySizes } from "../../choices.js";

/** @import { Employer } from "../../pb.js" */
/** @import { Visit } from "../../router.js" */

/** @param {Visit} visit */
export default async function companyView({ query, show }) {
    const [companies, taxonomy] = await Promise.all([myCompanies(), fields()]);
    /** @type {Employer | undefined} */
    let company = companies.find(({ id }) => id === query.get("id")) ?? companies[0];
    const industries = taxonomy.filter(({ kind }) => kind === "industry");

    const form = createForm(draw, async (data) => {
        const body = new FormData(); // because it may contain a file
        for (const name of ["name", "website", "contactEmail", "location", "industry", "size"]) {
            body.append(name, textOf(data, name));
        }
        body.append("about", toHTML(textOf(data, "about")));
        filesOf(data, "logo").forEach((file) => body.append("logo", file));
        if (company) {
            company = await pb.collection("employers").update(company.id, body);
        } else {
            body.append("owner", myId());
            company = await pb.collection("employers").create(body);
        }
        toast({ text: t("savedAll"), href: `/companies/${company?.slug}`, label: t("show") });
    });

    function draw() {
        show(t("company"), html`
            <div class="narrow-view stack">
                ${heading(company?.name ?? t("addCompany"), company
                    ? html`<a class="button" href="/companies/${company.slug}">${t("publicPage")}</a>` : nothing)}
                ${companies.length > 1 ? html`<nav aria-label=${t("whichCompany")}><ul class="chips">${companies.map(({ id, name }) => html`
                    <li><a class="chip ${id === company?.id ? "chosen" : ""}" href="#/employer/company?id=${id}"
                        aria-current=${id === company?.id ? "page" : nothing}>${name}</a></li>`)}</ul></nav>` : nothing}
                <form class="card" novalidate @submit=${form.submit}>
                    ${form.summary()}
                    ${form.field({
                        name: "name", label: t("companyName"), value: company?.name ?? "", required: true,
                        autocomplete: "organization",
                    })}
                    <div class="row top">${company ? logo(company, "large") : nothing}
                        <div class="grow">${form.field({
                            name: "logo", label: t("logo"), type: "file",
                            accept: "image/png,image/jpeg,image/webp,image/svg+xml", hint: t("logoHint"),
                        })}</div></div>
                    ${form.field({
                        name: "about", label: t("about"), type: "textarea", value: toText(company?.about ?? ""),
                        hint: t("markupHint"),
                    })}
                    ${form.field({ name: "website", label: t("website"), type: "url", value: company?.website ?? "", autocomplete: "url" })}
                    ${form.field({
                        name: "contactEmail", label: t("contactEmail"), type: "email", value: company?.contactEmail ?? "",
                        hint: t("contactEmailHint"), autocomplete: "email",
                    })}
                    ${form.field({ name: "location", label: t("location"), value: company?.location ?? "" })}
                    <div class="pair">
                        ${form.field({
                            name: "industry", label: t("industry"), type: "select", value: company?.industry ?? "",
                            options: named(industries),
                        })}
                        ${form.field({
                            name: "size", label: t("size"), type: "select", value: company?.size ?? "",
                            options: choices(companySizes),
                        })}</div>
                    ${form.button(t("save"))}
                </form>
            </div>`);
    }
    draw();
}
