#include "tests/support/manifest.h"

#include "tests/support/pki.h"

namespace hallmark::testing {

TestVendor make_vendor(const std::string& name) {
    const TestAuthority root = make_root(name + " Root");
    const TestKey key = make_ec_key();
    CertificateSpec spec = leaf_spec(root, name + " Manifest Signer", key);
    spec.extensions.push_back(subject_key_identifier(key.spki()));
    return {root.certificate, {make_certificate(spec, root.key), key.private_pem()}};
}

PublicKey fresh_key(KeyAlgorithm algorithm) {
    const bool is_ec = algorithm == KeyAlgorithm::ec_p256 || algorithm == KeyAlgorithm::ec_p384;
    return (is_ec ? make_ec_key(algorithm) : make_rsa_key()).public_key();
}

ExampleElement fresh_element(const std::string& unique_id) {
    return {unique_id, "ATECC608C", {fresh_key()}};
}

}  // namespace hallmark::testing
