#include "ca/domain/result.h"

namespace hallmark {

std::string_view name_of(Reason reason) noexcept {
    switch (reason) {
        case Reason::malformed_request:
            return "malformed-request";
        case Reason::too_large:
            return "too-large";
        case Reason::unauthenticated:
            return "unauthenticated";
        case Reason::forbidden:
            return "forbidden";
        case Reason::not_found:
            return "not-found";
        case Reason::in_progress:
            return "in-progress";
        case Reason::request_mismatch:
            return "request-mismatch";
        case Reason::gone:
            return "gone";
        case Reason::conflict:
            return "conflict";
        case Reason::challenge_not_accepted:
            return "challenge-not-accepted";
        case Reason::csr_not_accepted:
            return "csr-not-accepted";
        case Reason::evidence_not_accepted:
            return "evidence-not-accepted";
        case Reason::element_not_accepted:
            return "element-not-accepted";
        case Reason::policy_denied:
            return "policy-denied";
        case Reason::installation_not_accepted:
            return "installation-not-accepted";
        case Reason::invalid_document:
            return "invalid-document";
        case Reason::limited:
            return "limited";
        case Reason::overloaded:
            return "overloaded";
        case Reason::unavailable:
            return "unavailable";
    }
    return "unavailable";
}

}  // namespace hallmark
