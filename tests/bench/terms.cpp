#include "tests/bench/terms.h"

#include "ca/attestation/family.h"
#include "ca/crypto/openssl.h"
#include "station/csr.h"
#include "station/issued_check.h"
#include "station/protocol_proofs.h"
#include "station/soft_element.h"
#include "tests/bench/tls_records.h"
#include "tests/support/pki.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include <boost/json.hpp>
#include <openssl/x509.h>

namespace hallmark::testing {
namespace {

constexpr std::chrono::milliseconds round_time{150};

/// Octets of the bodies, with the headers around them, as a device's two requests have them.
constexpr std::size_t challenge_asked = 2300, challenge_given = 900, issuance_asked = 4200,
                      issuance_given = 3000;

PkeyPtr p256_key() {
    return made(PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")), "keygen");
}

Act bare_verify() {
    const std::shared_ptr<EVP_PKEY> key(p256_key());
    const Bytes digest(32, 7);
    PkeyContextPtr context(EVP_PKEY_CTX_new(key.get(), nullptr));
    check(EVP_PKEY_sign_init(context.get()), "sign_init");
    Bytes signature(80);
    std::size_t size = signature.size();
    check(EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()),
          "sign");
    signature.resize(size);
    check(EVP_PKEY_verify_init(context.get()), "verify_init");
    return [key, digest, signature, context = std::shared_ptr<EVP_PKEY_CTX>(std::move(context))] {
        check(EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(),
                              digest.size()),
              "verify");
    };
}

/// Both sides of one agreement need a multiplication of a foreign point; the maker of the secret
/// makes a key for it as well.
Act bare_agreement() {
    const std::shared_ptr<EVP_PKEY> peer(p256_key());
    return [peer] {
        const PkeyPtr own = p256_key();
        const PkeyContextPtr context(EVP_PKEY_CTX_new(own.get(), nullptr));
        check(EVP_PKEY_derive_init(context.get()), "derive_init");
        check(EVP_PKEY_derive_set_peer_ex(context.get(), peer.get(), 0), "set_peer");
        Bytes shared(32);
        std::size_t size = shared.size();
        check(EVP_PKEY_derive(context.get(), shared.data(), &size), "derive");
    };
}

/// An independent reader of the certificate, and its signature.
Act bare_oracle() {
    const TestAuthority issuer = make_root("Issuer");
    const Bytes leaf = make_certificate(leaf_spec(issuer, "device", make_ec_key()), issuer.key);
    const unsigned char* cursor = issuer.certificate.data();
    const std::shared_ptr<X509> root(
        d2i_X509(nullptr, &cursor, static_cast<long>(issuer.certificate.size())), X509_free);
    EVP_PKEY* const key = X509_get0_pubkey(root.get());
    return [leaf, root, key] {
        const unsigned char* at = leaf.data();
        const X509Ptr read(d2i_X509(nullptr, &at, static_cast<long>(leaf.size())));
        check(X509_verify(read.get(), key), "X509_verify");
    };
}

/// All that a station does for a device but the sending: both bodies, CSR, evidence, activation,
/// and the check of what came back.
Act client_work() {
    struct Client {
        SoftVendor maker{"Bench"};
        SoftIdentity identity = deliver_elements(maker, "bench", 1).front();
        SoftElement element{identity};
        Bytes spki = element.make_leaf();
        TestAuthority root = make_root("Root");
        TestAuthority line = make_intermediate(root, "Line");
        IssuedCheck check{{root.certificate}};
        std::string challenge, issued;
        Instant now = SystemClock().now();
    };
    const auto client = std::make_shared<Client>();
    const ChainValidator chains;
    const auto opening = make_family(chains).open(
        {Evidence{"tpm2", client->element.introduce()}},
        {{.vendor = VendorId("swtpm"),
          .format = "tpm2",
          .anchors = {.roots = {client->maker.root()}, .intermediates = {}},
          .exceptions = {}}},
        client->now);
    boost::json::object challenge{{"challenge", to_base64(random_bytes(32))},
                                  {"expires_at", to_rfc3339(client->now)}};
    for (const auto& [name, value] : opening.value().answer)
        challenge.emplace(name, to_base64(value));
    client->challenge = boost::json::serialize(challenge);
    CertificateSpec spec = leaf_spec(client->line, "device", make_ec_key());
    spec.spki = client->spki;
    const Bytes leaf = make_certificate(spec, client->line.key);
    client->issued = boost::json::serialize(boost::json::object{
        {"issuance", random_uuid()},
        {"state", "issued"},
        {"device", "device"},
        {"serial", to_hex(spec.serial)},
        {"certificate", to_pem(leaf, "CERTIFICATE")},
        {"chain", boost::json::array{to_pem(client->line.certificate, "CERTIFICATE")}},
        {"installation_nonce", to_base64(random_bytes(32))}});
    return [client] {
        (void)encode(ChallengeWanted{"tpm-gateway", "tpm2", client->element.introduce()});
        ChallengeGiven given = decode_challenge(client->challenge);
        const Bytes nonce = nonce_for({"factory", given.challenge, client->spki});
        const Bytes csr = hallmark::make_csr(
            client->spki, nonce, [&](ByteView message) { return client->element.sign(message); });
        Evidence evidence =
            client->element.attest({given.challenge, nonce, csr, std::move(given.members)});
        (void)encode(IssuanceWanted{.request_id = random_uuid(),
                                    .product = "tpm-gateway",
                                    .challenge = given.challenge,
                                    .csr = csr,
                                    .evidence = std::move(evidence)});
        client->check.check(decode_issuance(client->issued), client->spki, client->now);
    };
}

}  // namespace

Microseconds fastest_of_five(const std::function<Act()>& make) {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    Microseconds fastest = Microseconds::max();
    for (int round = 0; round < 5; ++round) {
        std::atomic<std::size_t> acts{0};
        std::atomic<double> spent{0};
        std::vector<std::thread> threads;
        for (unsigned i = 0; i < cores; ++i) {
            threads.emplace_back([&] {
                const Act act = make();
                act();
                const auto end = std::chrono::steady_clock::now() + round_time;
                const Microseconds begin = cpu_of_thread();
                std::size_t own = 0;
                for (; std::chrono::steady_clock::now() < end; ++own)
                    act();
                spent += (cpu_of_thread() - begin).count();
                acts += own;
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        fastest = std::min(fastest, Microseconds(spent / static_cast<double>(acts)));
    }
    return fastest;
}

Microseconds cost_of_bare_verify() {
    return fastest_of_five(bare_verify);
}

Microseconds cost_of_our_verify() {
    return fastest_of_five([]() -> Act {
        const TestKey key = make_ec_key();
        const PublicKey public_key = key.public_key();
        const Bytes message(300, 7);
        const Bytes signature = key.sign(message, SignatureAlgorithm::ecdsa_sha256);
        return [=] {
            if (!verify_signature(public_key, SignatureAlgorithm::ecdsa_sha256, message, signature))
                throw std::runtime_error("verify_signature");
        };
    });
}

std::vector<Term> measure_terms() {
    const Microseconds verify = cost_of_bare_verify();
    return {
        {"tls_records", fastest_of_five([] {
             return tls_exchange(
                 {{challenge_asked, challenge_given}, {issuance_asked, issuance_given}});
         }),
         1, "two requests and answers over one TLS 1.3 connection, both ends, sockets included"},
        {"verify_p256", verify, 3, "EK certificate, attestation, CSR"},
        {"agreement_p256", fastest_of_five(bare_agreement), 1,
         "activation: the server's key and agreement"},
        {"hsm_sign", cost_of_bare_signature(), 1, "C_SignInit and C_Sign in SoftHSM"},
        {"hsm_verify", verify, 1, "what the token signed"},
        {"oracle", fastest_of_five(bare_oracle), 1, "OpenSSL reads and verifies the certificate"},
        {"db_rows", cost_of_rows(), 1, "the rows of both commits, 256 devices a transaction"},
        {"client", fastest_of_five(client_work), 1,
         "the station's own work: two signatures, an agreement, a verify, JSON"},
    };
}

}  // namespace hallmark::testing
