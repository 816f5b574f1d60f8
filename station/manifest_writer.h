// The vendor's side of a manifest, for the example vendor of the quickstart and for tests: elements
// with their pre-provisioned keys, signed as Microchip's SecureElementManifest is. Real vendors'
// keys never come near it.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/bytes.h"

#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

struct ExampleElement {
    std::string unique_id;
    std::string model;
    std::vector<PublicKey> keys;
};

struct ExampleVendor {
    Bytes certificate;        ///< DER, of the manifest signer; P-256.
    std::string private_key;  ///< PEM, unencrypted: an example's key guards nothing.
};

/// The parts of one entry before it is signed.
struct ManifestEntry {
    std::string protected_header;  ///< JSON
    std::string payload;           ///< JSON
    std::string unique_id;         ///< For the unprotected header.
};

/// The whole document, a JSON array of flattened JWS (RFC 7515 7.2.2), ES256. Throws Fault on a
/// vendor's key or certificate that cannot be used.
[[nodiscard]] std::string write_manifest(const std::vector<ExampleElement>& elements,
                                         const ExampleVendor& vendor);

/// The steps of write_manifest, one by one.
[[nodiscard]] ManifestEntry manifest_entry(const ExampleElement& element,
                                           const ExampleVendor& vendor);
[[nodiscard]] std::string sign_manifest_entry(const ManifestEntry& entry,
                                              const ExampleVendor& vendor);

}  // namespace hallmark
