// The keys of issuers: wider than a device's, since vendors sign with P-521 and RSA-8192 too.
#include "ca/crypto/chain_rules.h"
#include "ca/crypto/der.h"
#include "ca/crypto/signatures.h"

#include <algorithm>
#include <array>
#include <bit>

namespace hallmark {

namespace {

struct IssuerCurve {
    std::string_view oid;  // RFC 5480 2.1.1.1
    std::string_view group;
    std::size_t field_octets;
};
constexpr std::array curves{IssuerCurve{"1.2.840.10045.3.1.7", "P-256", 32},
                            IssuerCurve{"1.3.132.0.34", "P-384", 48},
                            IssuerCurve{"1.3.132.0.35", "P-521", 66}};

// An RSA check costs with the modulus' square: 8192 bits are the widest that roots use.
constexpr std::size_t rsa_bits_limit = 8192;
constexpr std::int64_t smallest_exponent = 65537;  // FIPS 186-5 5.4
constexpr std::int64_t largest_exponent = 0xFFFFFFFF;

IssuerKey refused(std::string_view why) {
    return {.key = nullptr, .objection = std::string(why)};
}

IssuerKey imported(PkeyPtr key) {
    if (!key) return refused("malformed key");
    return {.key = std::move(key), .objection = {}};
}

IssuerKey read_ec(DerReader rest, ByteView point) {
    const auto oid = rest.oid();
    if (!oid || !rest.at_end()) return refused("weak key: the curve is not named");
    for (const IssuerCurve& curve : curves) {
        if (curve.oid != *oid) continue;
        if (point.size() != 1 + 2 * curve.field_octets || point[0] != 0x04) {
            return refused("malformed key");
        }
        return imported(import_ec_point(curve.group, point));
    }
    return refused("weak key: curve " + *oid);
}

IssuerKey read_rsa(ByteView bits, const Strictness& strictness) {
    const auto outer = sole_element(bits, tag::sequence);
    if (!outer) return refused("malformed key");
    DerReader reader(outer->content);
    const auto integer = reader.integer();
    const auto exponent_at = reader.rest();
    const auto exponent = reader.small_integer();
    if (!integer || !exponent || !reader.at_end()) return refused("malformed key");
    if (((*integer)[0] & 0x80u) != 0) return refused("malformed key");
    const ByteView n = (*integer)[0] == 0 ? integer->subspan(1) : *integer;
    const std::size_t width =
        n.empty() ? 0 : n.size() * 8 - static_cast<unsigned>(std::countl_zero(n[0]));
    const std::size_t least = strictness.tolerates(ChainException::rsa_1024) ? 1024 : 2048;
    if (width < least) return refused("weak key: short RSA modulus");
    if (width > rsa_bits_limit) return refused("RSA modulus over 8192 bits");
    if ((n.back() & 1u) == 0) return refused("weak key: even modulus");
    if (*exponent < smallest_exponent) return refused("weak key: small exponent");
    if (*exponent > largest_exponent || *exponent % 2 == 0) return refused("malformed key");
    if (has_roca_fingerprint(n)) return refused("weak key: ROCA");
    const auto e = DerReader(exponent_at).integer();
    return imported(import_rsa(n, *e));
}

/// RFC 8410 3, 4: no parameters, 32 octets.
IssuerKey read_ed25519(const DerReader& rest, ByteView octets) {
    if (!rest.at_end() || octets.size() != 32) return refused("malformed key");
    return imported(import_ed25519(octets));
}

}  // namespace

IssuerKey read_issuer_key(ByteView spki, const Strictness& strictness) {
    const auto outer = sole_element(spki, tag::sequence);
    if (!outer) return refused("malformed key");
    DerReader reader(outer->content);
    auto algorithm = reader.sequence();
    const auto bits = reader.octet_aligned_bit_string();
    if (!algorithm || !bits || !reader.at_end()) return refused("malformed key");
    const auto oid = algorithm->oid();
    if (oid == "1.2.840.10045.2.1") return read_ec(*algorithm, *bits);      // RFC 5480 2.1.1
    if (oid == "1.2.840.113549.1.1.1") return read_rsa(*bits, strictness);  // RFC 3279 2.3.1
    if (oid == "1.3.101.112") return read_ed25519(*algorithm, *bits);
    return refused("key algorithm not taken");
}

bool verify_issuers_signature(ByteView issuer_spki, const IssuersSignature& made) {
    const std::set<ChainException> no_exceptions;
    const std::set<std::string> nothing;
    const IssuerKey issuer = read_issuer_key(
        issuer_spki,
        {.purpose = Purpose::any, .exceptions = no_exceptions, .understood = nothing, .at = {}});
    return !is_weak(made.algorithm) &&
           verify_under(
               issuer.key.get(),
               {.algorithm = made.algorithm, .message = made.message, .signature = made.signature});
}

}  // namespace hallmark
