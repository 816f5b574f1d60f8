// A device with the Open Profile for DICE in memory: a UDS key that its maker certified, a first
// layer, and the CDI key of the next one, in X.509 and in CBOR (the profile's "Certificate
// Details"), on P-256 as Android's profile has it. Honest in bytes and in nothing else: its root is
// nobody's, and its keys are random where a real one derives them.
#pragma once

#include "station/simulator/soft_x509.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// What a layer's certificate says; the defaults are true. Each member is one way to lie.
struct SoftOpenLayer {
    std::optional<Bytes> code_hash = Bytes(64, 0xC0);
    std::optional<Bytes> configuration_hash = {};  ///< Where none is given, it is left out.
    std::optional<Bytes> configuration = {};       ///< Else Android's map: "bl", 2.1, 9.
    std::optional<Bytes> authority_hash = Bytes(64, 0xA0);
    std::optional<Bytes> mode = Bytes{1};
    std::optional<std::string> profile = {};
    std::optional<Bytes> instead = {};      ///< The extension's value, or the CWT's claims, whole.
    std::optional<std::string> named = {};  ///< Another name than the key's identifier.
    bool critical = true;
    bool is_measured = true;        ///< Else the certificate says nothing of a layer.
    Bytes key_usage = Bytes{0x20};  ///< keyCertSign, as CBOR writes it.
    Bytes more_claims = {};         ///< In the CWT: pairs.
    unsigned more_pairs = 0;        ///< How many these are.
    bool another_key_signs = false;
};

struct SoftOpenLayers {
    SoftOpenLayer first, leaf;
};

class SoftOpenDice {
public:
    SoftOpenDice();
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    [[nodiscard]] const PkeyPtr& uds() const noexcept { return uds_; }
    [[nodiscard]] const PkeyPtr& first_layer() const noexcept { return first_; }
    /// The leaf key's certificate, the first layer's, the UDS's.
    [[nodiscard]] std::vector<Bytes> x509_chain(ByteView leaf_spki,
                                                const SoftOpenLayers& how = {}) const;
    [[nodiscard]] std::vector<Bytes> cbor_chain(EVP_PKEY* leaf,
                                                const SoftOpenLayers& how = {}) const;

private:
    PkeyPtr maker_, uds_, first_;
    Bytes root_;
};

}  // namespace hallmark
