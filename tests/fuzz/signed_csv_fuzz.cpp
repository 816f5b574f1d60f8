// fuzz: NEEDS ca/domain ca/crypto ca/json ca/custody tests/support
// covers: ca/custody/signed_csv.cpp ca/crypto/cms.cpp
// The list in CSV under foreign bytes: as the whole document, and as the signature alone, which
// nobody pinned has made. A signature that is read names exactly what it was read from.
#include "ca/crypto/cms.h"
#include "ca/crypto/der.h"
#include "ca/crypto/file_key.h"
#include "ca/custody/manifest.h"
#include "tests/support/manifest.h"
#include "tests/support/pki.h"
#include "tests/support/taken_manifest.h"

#include <cstdlib>

namespace {

using namespace hallmark;

void require(bool holds) {
    if (!holds) std::abort();
}

struct Vendor {
    testing::TestVendor keys = testing::make_vendor("Example");
    FileKey key = FileKey::parse(keys.signer.private_key).value();
    Bytes name = *parse_certificate(keys.signer.certificate)->subject_key_identifier();
    PinnedVendor pin{.vendor = VendorId("example"),
                     .format = std::string(signed_csv_format),
                     .anchors = {.roots = {keys.signer.certificate}, .intermediates = {}},
                     .exceptions = {}};

    /// The list behind a signature that holds.
    [[nodiscard]] std::string document(std::string_view csv) const {
        const Bytes data = der_oid("1.2.840.113549.1.7.1");
        const Bytes sha_256 = der_sequence({der_oid("2.16.840.1.101.3.4.2.1")});
        const auto attribute = [](const char* oid, const Bytes& value) {
            return der_sequence({der_oid(oid), der_set_of({value})});
        };
        const Bytes attributes = der_set_of(
            {attribute("1.2.840.113549.1.9.3", data),
             attribute("1.2.840.113549.1.9.4", der_octet_string(sha256(as_bytes(csv))))});
        Bytes implicit = attributes;
        implicit[0] = tag::context(0, true);
        const Bytes info =
            der_sequence({der_integer(3), der(tag::context(0, false), name), sha_256, implicit,
                          algorithm_identifier(SignatureAlgorithm::ecdsa_sha256),
                          der_octet_string(key.sign(attributes))});
        const Bytes signed_data = der_sequence(
            {der_integer(3), der_set_of({sha_256}), der_sequence({data}), der_set_of({info})});
        return to_pem(der_sequence({der_oid("1.2.840.113549.1.7.2"),
                                    der(tag::context(0, true), signed_data)}),
                      "CMS") +
               std::string(csv);
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const ChainValidator chains;
    static const Vendor vendor;
    const ByteView octets(data, size);
    const ManifestTerms terms{.pins = {vendor.pin}, .now = testing::noon()};
    const auto take = [&](std::string_view document) {
        return testing::take_manifest(&parse_signed_csv, document, terms, chains);
    };
    require(!take(as_text(octets)));
    require(!take(to_pem(octets, "CMS") + "unique_id,model,spki\n"));
    const auto taken = take(vendor.document(as_text(octets)));
    require(!taken || !taken->units.empty());
    const auto signature = parse_detached_cms(octets);
    if (!signature) return 0;
    require(signature->issuer.empty() != signature->key_identifier.empty());
    require(signature->message_digest.size() == digest_size(signature->digest_algorithm));
    require(!verify_cms_attributes(*signature, testing::fresh_key()));
    return 0;
}
