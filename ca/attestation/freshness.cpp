#include "ca/attestation/freshness.h"

#include "ca/attestation/members.h"

namespace hallmark {

Result<std::string> check_nonce(ByteView carried, const Expected& expected) {
    if (!expected.nonce) return std::string("unchecked");
    if (expected.nonce->empty()) return evidence_refused("nonce", "none was asked for");
    if (carried.empty()) return evidence_refused("nonce", "empty");
    if (carried.size() != expected.nonce->size() ||
        !equal_constant_time(carried, *expected.nonce)) {
        return evidence_refused("nonce", "not the one that was asked for");
    }
    return std::string("nonce");
}

Result<std::string> check_nonce_of_request(const Expected& expected) {
    if (!expected.nonce) return std::string("unchecked");
    if (!expected.challenge_password) {
        return evidence_refused("nonce", "the format carries none, and neither does the request");
    }
    if (*expected.challenge_password != to_base64(*expected.nonce)) {
        return evidence_refused("nonce", "the request's is not the one that was asked for");
    }
    return std::string("csr");
}

Result<Done> check_key(ByteView attested_spki, const Expected& expected) {
    if (expected.spki && !equal(*expected.spki, attested_spki)) {
        return evidence_refused("key", "the attested key is not the request's");
    }
    return Done{};
}

}  // namespace hallmark
