// The employers that the user belongs to.
import { myId, pb } from "./pb.js";

/** myCompanies resolves to those the user owns or is a member of, the oldest first. */
export function myCompanies() {
    const filter = pb.filter("owner = {:me} || members.id ?= {:me}", { me: myId() });
    return pb.collection("employers").getFullList({ filter, sort: "created", requestKey: null });
}
