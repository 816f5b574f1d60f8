// The public door: lists and issuer certificates, made ahead. A GET here never touches a key.
#pragma once

#include "ca/revocation/publisher.h"
#include "server/protocol/front.h"

#include <vector>

namespace hallmark {

struct PublicDoor {
    Front front;
    Publisher& publisher;
};

[[nodiscard]] std::vector<Route> public_routes(const PublicDoor& door);

}  // namespace hallmark
