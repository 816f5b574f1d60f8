// fuzz: NEEDS ca/crypto
// covers: ca/crypto/keys.cpp ca/crypto/roca.cpp ca/crypto/signatures.cpp ca/crypto/algorithms.cpp
// Keys as SubjectPublicKeyInfo and as a TPM's bare numbers, and signatures under a key.
#include "ca/crypto/der.h"
#include "ca/crypto/keys.h"

#include <cstdlib>

namespace {

using namespace hallmark;

void require(bool holds) {
    if (!holds) std::abort();
}

void use(const PublicKey& key, ByteView signature) {
    require(equal(parse_public_key(key.spki())->spki(), key.spki()));
    require(!key.subject_public_key().empty() && key_identifier(key).size() == 20);
    for (const auto algorithm :
         {SignatureAlgorithm::ecdsa_sha256, SignatureAlgorithm::rsa_pkcs1_sha256,
          SignatureAlgorithm::rsa_pss_sha256}) {
        // Nobody signed this message: whatever verifies is forged.
        require(!verify_signature(key, algorithm, as_bytes("never signed"), signature));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const ByteView input(bytes, size);
    // An SPKI and, behind it, a signature.
    DerReader reader(input);
    const auto spki = reader.any();
    if (const auto key = spki ? parse_public_key(spki->whole) : parse_public_key(input)) {
        require(equal(key->spki(), spki->whole));
        require(key_algorithm_from(name_of(key->algorithm())) == key->algorithm());
        use(*key, reader.rest());
    }
    const std::size_t half = size / 2;
    for (const auto curve : {KeyAlgorithm::ec_p256, KeyAlgorithm::ec_p384}) {
        const auto key = ec_public_key(curve, input.first(half), input.subspan(half));
        if (key) use(*key, input);
    }
    if (const auto key = rsa_public_key(input, 65537)) use(*key, input);
    if (const auto raw = ecdsa_raw_from_der(input, 48)) require(raw->size() == 96);
    if (const auto algorithm = signature_algorithm_from(input)) {
        require(equal(algorithm_identifier(*algorithm), input));
        require(!name_of(*algorithm).empty() &&
                is_weak(*algorithm) == (hash_of(*algorithm) == HashAlgorithm::sha1));
    }
    if (size <= 132 && size % 2 == 0 && size > 0) {
        require(ecdsa_raw_from_der(ecdsa_der_from_raw(input), 66).has_value());
    }
    return 0;
}
