// The board's fields of interest. They change rarely, so they are fetched once.
import { pb } from "./pb.js";

/** @import { Collections } from "./pb.js" */

/** @type {Promise<Collections["fields_of_interest"][]> | undefined} */
let reading;

/** fields resolves to all fields of interest by name. */
export function fields() {
    reading ??= pb.collection("fields_of_interest").getFullList({ sort: "name", requestKey: null });
    reading.catch(() => (reading = undefined));
    return reading;
}

/** fieldNames resolves to the names by slug. */
export async function fieldNames() {
    return new Map((await fields()).map((field) => [field.slug, field.name]));
}
