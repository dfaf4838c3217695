// The public pages work without this script. It writes dates and pay as the reader's own language does, greets who is signed in, and
// offers the system's own way to share.

const languages = navigator.languages?.length ? navigator.languages : undefined;
const dates = new Intl.DateTimeFormat(languages, { dateStyle: "medium" });

for (const time of document.querySelectorAll("time[datetime]")) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.valueOf())) {
        continue;
    }
    if (/\d{4}/.test(time.textContent)) {
        time.textContent = dates.format(date); // what says "3 days ago" stays
    }
    time.title = dates.format(date);
}

for (const pay of document.querySelectorAll("data.pay")) {
    const least = Number(pay.dataset.least);
    const most = Number(pay.value);
    if (!least || most <= least) {
        continue; // its words say "from" or "up to"
    }
    try {
        const cents = Number.isInteger(least) && Number.isInteger(most) ? 0 : 2;
        const money = new Intl.NumberFormat(languages, {
            style: "currency", currency: pay.dataset.currency, minimumFractionDigits: cents, maximumFractionDigits: cents,
        });
        pay.textContent = money.formatRange(least, most);
    } catch {
        // an unknown currency, or a browser that can't: the server's text stays
    }
}

// The client keeps the login of the PocketBase SDK here.
try {
    const login = JSON.parse(localStorage.getItem("pocketbase_auth") ?? "null");
    const link = document.querySelector("[data-signed-in]");
    if (link && login?.token) {
        link.textContent = link.dataset.signedIn;
        link.href = "/app/";
    }
} catch {
    // no storage, or something else in it
}

const problem = document.querySelector("#problem, #wrong");
problem?.focus();

if (navigator.share) {
    for (const link of document.querySelectorAll("[data-share]")) {
        link.addEventListener("click", (event) => {
            event.preventDefault();
            navigator.share({ title: document.title, url: document.querySelector('link[rel="canonical"]')?.href ?? location.href }).catch(() => {});
        });
    }
}
