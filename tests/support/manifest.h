// Vendors for tests: a root, a manifest signer under it, and the keys of elements. What they sign
// is written by station/manifest_writer.h, whose steps a test may spoil one by one.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/bytes.h"
#include "station/manifest_writer.h"

#include <string>

namespace hallmark::testing {

struct TestVendor {
    Bytes root;            ///< DER, the signer's issuer.
    ExampleVendor signer;  ///< digitalSignature, P-256.
};

[[nodiscard]] TestVendor make_vendor(const std::string& name);

/// A key pair's public half; the private one is dropped. RSA: 2048 bits.
[[nodiscard]] PublicKey fresh_key(KeyAlgorithm algorithm = KeyAlgorithm::ec_p256);

/// One element with one fresh P-256 key.
[[nodiscard]] ExampleElement fresh_element(const std::string& unique_id);

}  // namespace hallmark::testing
