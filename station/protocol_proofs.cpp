#include "station/protocol_proofs.h"

#include "ca/crypto/hash.h"

namespace hallmark {
namespace {

Bytes labelled(std::string_view label) {
    Bytes message = to_bytes(label);
    message.push_back(0);
    return message;
}

}  // namespace

Bytes nonce_for(const NonceParts& parts) {
    Bytes message = labelled("hallmark-nonce-v1");
    append(message, parts.door);
    append(message, parts.challenge);
    append(message, ByteView(sha256(parts.spki)));
    return to_bytes(ByteView(sha256(message)));
}

Bytes activation_for(const ActivationParts& parts) {
    Bytes message = labelled("hallmark-activation-v1");
    append(message, parts.challenge);
    append(message, ByteView(sha256(parts.ek_certificate)));
    append(message, parts.ak_name);
    append(message, ByteView(sha256(parts.attest)));
    append(message, ByteView(sha256(parts.csr)));
    return hmac(HashAlgorithm::sha256, parts.secret, message);
}

Bytes installation_message(const InstallationParts& parts) {
    Bytes message = labelled("hallmark-installation-v1");
    append(message, parts.issuance);
    append(message, parts.nonce);
    append(message, ByteView(sha256(parts.certificate_der)));
    return message;
}

}  // namespace hallmark
