// An applet card in memory, as far as its applet speaks of a key: the profile of
// docs/profiles/gp-applet.asn, with an attestation key that the card's issuer certified. Honest in
// bytes and in nothing else: its root is nobody's.
#pragma once

#include "station/simulator/soft_x509.h"

#include <optional>
#include <string>

namespace hallmark {

/// What an attestation key's certificate says; the defaults are what the profile asks.
struct SoftAppletCertificate {
    Bytes key_usage = soft_key_usage(0);  ///< Extension DER; empty: none.
    /// EKU purposes, joined DER OIDs; empty: no such extension. The default is set by the issuer.
    std::optional<Bytes> purposes;
    bool ca = false;
    std::optional<Bytes> subject;  ///< Name DER, another than the card's number.
};

class SoftCardIssuer {
public:
    SoftCardIssuer();
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    [[nodiscard]] Bytes certify(ByteView spki, std::string_view serial,
                                const SoftAppletCertificate& how = {}) const;

private:
    PkeyPtr key_;
    Bytes root_;
};

/// How a statement is written; the defaults are true. Each member is one way to lie, or to write
/// what no applet of the profile writes.
struct SoftAppletReport {
    std::string profile = "hallmark-gp-applet";
    std::int64_t version = 1;
    Bytes applet{0xF0, 0x48, 0x61, 0x6C, 0x6C, 0x01};
    Bytes load_file = Bytes(32, 0xC4);
    Bytes key_reference{0x01};
    std::optional<Bytes> spki;  ///< Of another key than the one that is named.
    Bytes origin{0};            ///< ENUMERATED's content: generated.
    Bytes exportable{0x00};     ///< BOOLEAN's content.
    Bytes usage{0x07, 0x80};    ///< BIT STRING's content: sign.
    Bytes card_state{0x0F};     ///< SECURED.
    Bytes counter{0x02, 0x01, 0x11};
    std::size_t fields = 12;  ///< How many are written, from the first.
    Bytes behind_fields;
    Bytes behind_statement;
    bool another_key_signs = false;
};

struct SoftAppletEvidence {
    Bytes statement;
    Bytes signature;
};

class SoftApplet {
public:
    SoftApplet(const SoftCardIssuer& issuer, std::string_view serial);
    SoftApplet(PkeyPtr attestation_key, Bytes certificate);

    [[nodiscard]] const PkeyPtr& attestation_key() const noexcept { return key_; }
    [[nodiscard]] const Bytes& certificate() const noexcept { return certificate_; }
    [[nodiscard]] SoftAppletEvidence attest(ByteView spki, ByteView nonce,
                                            const SoftAppletReport& how = {}) const;

private:
    PkeyPtr key_;
    Bytes certificate_;
};

}  // namespace hallmark
