#include "station/soft_leaf_element.h"

#include "ca/crypto/hash.h"

namespace hallmark {

std::string SoftLeafElement::identity() {
    return to_hex(ByteView(sha256(spki_of(born_with()))));
}

std::optional<Bytes> SoftLeafElement::leaf() {
    if (!leaf_) return std::nullopt;
    return spki_of(leaf_.get());
}

Bytes SoftLeafElement::make_leaf() {
    if (leaf_) throw ElementFault("there is a leaf key already");
    leaf_ = soft_p256_key();
    return spki_of(leaf_.get());
}

Bytes SoftLeafElement::sign(ByteView message) {
    return sign_sha256(present_leaf(), message);
}

Bytes SoftLeafElement::install(ByteView certificate_der) {
    certificate_ = to_bytes(certificate_der);
    return certificate_;
}

EVP_PKEY* SoftLeafElement::present_leaf() const {
    if (!leaf_) throw ElementFault("there is no leaf key");
    return leaf_.get();
}

}  // namespace hallmark
