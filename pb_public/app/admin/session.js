// Who uses the page: an administrator of the board, or a superuser who comes from PocketBase's admin UI.
import { LocalAuthStore, me, pb, statusOf } from "../pb.js";
import { closeStream } from "../stream.js";

/** Where PocketBase's admin UI at /_/ keeps its login. */
const superuserKey = "__pb_superusers__/_";

/** The client's sign-in, which leads back here. */
export const signInPlace = "/app/#/sign-in?next=%23%2Fadmin";
/** PocketBase's admin UI. Without a view in the address it would lead back here. */
export const pocketbasePlace = "/_/#/collections";

export const isSuperuser = () => pb.authStore.isValid && pb.authStore.isSuperuser;

/** mayEnter reports whether the board has something to show here: what the board refuses, no script could show. */
export const mayEnter = () => isSuperuser() || me()?.role === "admin";

/**
 * SDK idiom: another store of logins. The client is used with the login of the client or, unless that is an administrator's, with that
 * of PocketBase's admin UI, which this browser remembers for the same origin.
 */
export function chooseLogin() {
    if (me()?.role !== "admin") {
        const superuser = new LocalAuthStore(superuserKey);
        if (superuser.isValid && superuser.isSuperuser) {
            pb.authStore = superuser;
        }
    }
}

/** renew asks the board whether the login still stands. A network that is down ends none. */
export async function renew() {
    try {
        await pb.collection(/** @type {"users"} */ (isSuperuser() ? "_superusers" : "users")).authRefresh({ requestKey: null });
    } catch (error) {
        if ([401, 403, 404].includes(statusOf(error))) {
            pb.authStore.clear();
        }
    }
}

/** signOut ends the login at the board, too. A superuser is signed out of PocketBase's admin UI with that. */
export async function signOut() {
    const place = isSuperuser() ? "/_/#/login" : signInPlace;
    await closeStream();
    await pb.send("/api/users/auth/logout/", { method: "POST" }).catch(() => {}); // offline: at least this browser forgets it
    leaving = true;
    pb.authStore.clear();
    location.assign(place);
}

let leaving = false;

/** watchLogin shows the page anew when the login ends or another one begins, perhaps in another tab. */
export function watchLogin() {
    const id = pb.authStore.record?.id;
    pb.authStore.onChange(() => {
        if (!leaving && (!mayEnter() || pb.authStore.record?.id !== id)) {
            location.reload();
        }
    });
}
