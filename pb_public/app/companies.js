// The companies of the user who is signed in.
import { myId, pb } from "./pb.js";

/** myCompanies resolves to the employers that the user owns or is a member of, oldest first. */
export function myCompanies() {
    const filter = pb.filter("owner = {:me} || members.id ?= {:me}", { me: myId() });
    return pb.collection("employers").getFullList({ filter, sort: "created", requestKey: null });
}
