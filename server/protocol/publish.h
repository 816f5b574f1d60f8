// The public door: lists, issuer certificates and the keys that results are verified by. A GET here
// never touches a private key.
#pragma once

#include "ca/issuance/results.h"
#include "ca/revocation/publisher.h"
#include "server/protocol/front.h"

#include <vector>

namespace hallmark {

struct PublicDoor {
    Front front;
    Publisher& publisher;
    Results& results;
};

[[nodiscard]] std::vector<Route> public_routes(const PublicDoor& door);

}  // namespace hallmark
