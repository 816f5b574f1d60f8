#include "tests/support/big_manifest.h"

#include "ca/crypto/certificate.h"
#include "ca/crypto/file_key.h"
#include "tests/support/pki.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

namespace hallmark::testing {

namespace {

constexpr std::size_t units_a_block = 2000;  ///< Of each thread, before they are written in order.

struct Signer {
    FileKey key;
    std::string header;  ///< Base64url, the same for all entries.
};

Signer signer_of(const ExampleVendor& by) {
    const auto certificate = parse_certificate(by.certificate);
    auto key = FileKey::parse(by.private_key);
    if (!certificate || !key) throw std::invalid_argument("not a manifest signer");
    const std::string header =
        R"({"alg":"ES256","kid":")" +
        to_base64url(certificate->subject_key_identifier().value_or(Bytes{0})) +
        R"(","typ":"JWT","x5t#S256":")" + to_base64url(certificate->sha256) + R"("})";
    return {std::move(*key), to_base64url(as_bytes(header))};
}

std::string entry_of(const std::string& unique_id, const Signer& signer) {
    const TestKey key = make_ec_key();
    const ByteView point = ByteView(key.spki()).last(64);
    const std::string payload = to_base64url(as_bytes(
        R"({"version":3,"model":"ATECC608C","partNumber":"ATECC608C-MAH22",)"
        R"("manufacturer":{"organizationName":"Example Vendor"},)"
        R"("provisioner":{"organizationName":"Example Vendor"},)"
        R"("groupId":"359SCE55NV38H3CB","provisioningTimestamp":"2025-01-15T17:22:45.000Z",)"
        R"("uniqueId":")" +
        unique_id + R"(","publicKeySet":{"keys":[{"kid":"0","kty":"EC","crv":"P-256","x":")" +
        to_base64url(point.first(32)) + R"(","y":")" + to_base64url(point.last(32)) + R"("}]}})"));
    const Bytes signature = signer.key.sign(as_bytes(signer.header + "." + payload));
    return R"({"payload":")" + payload + R"(","protected":")" + signer.header +
           R"(","header":{"uniqueId":")" + unique_id + R"("},"signature":")" +
           to_base64url(*ecdsa_raw_from_der(signature, 32)) + "\"}";
}

}  // namespace

void write_big_manifest(const std::filesystem::path& file, const std::string& prefix,
                        std::size_t units, const ExampleVendor& by) {
    const Signer signer = signer_of(by);
    std::ofstream out(file, std::ios::binary);
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    for (std::size_t done = 0; done < units;) {
        std::vector<std::string> blocks(cores);
        std::vector<std::thread> threads;
        for (std::string& block : blocks) {
            const std::size_t first = done;
            done = std::min(units, done + units_a_block);
            threads.emplace_back([&block, &prefix, &signer, first, last = done] {
                for (std::size_t i = first; i < last; ++i)
                    block += (i == 0 ? "[" : ",\n") + entry_of(prefix + std::to_string(i), signer);
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        for (const std::string& block : blocks)
            out << block;
    }
    out << "]\n";
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace hallmark::testing
