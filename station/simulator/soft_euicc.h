// An eUICC in memory, as far as common mutual authentication goes (GSMA SGP.22 version 2): the
// certificate issuer, a manufacturer (EUM) with its range of EIDs, and an eUICC that signs
// euiccSigned1 for whichever server asks. Honest in bytes and in nothing else: its root is
// nobody's.
#pragma once

#include "station/simulator/soft_x509.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// 32 digits: the prefix, the number in as many digits as are left, and the two check digits of
/// SGP.29.
[[nodiscard]] std::string soft_eid(std::string_view prefix, std::uint64_t number);

/// What an EUM's certificate says; the defaults are true.
struct SoftEumCertificate {
    std::string organization = "Example EUM";
    std::vector<std::string> policies{"2.23.146.1.2.1.2"};
    unsigned key_usage = 5;  ///< keyCertSign.
    bool ca = true;
    /// Value of nameConstraints; the default permits the organization and EIDs from 89049032 on;
    /// empty: no such extension.
    std::optional<Bytes> name_constraints;
    std::string_view until = "2049-01-01T00:00:00Z";
};

/// What an eUICC's certificate says; the defaults are true.
struct SoftEuiccCertificate {
    std::string organization = "Example EUM";
    std::optional<std::string> eid;  ///< Another than it is made for.
    bool has_eid = true;
    std::vector<std::string> policies{"2.23.146.1.2.1.1"};
    Bytes key_usage = soft_key_usage(0);  ///< Extension DER; empty: none.
    bool ca = false;
    bool names_issuer_key = true;  ///< authorityKeyIdentifier.
    std::optional<Bytes> issuer;   ///< Another Name DER than the EUM's.
    std::string_view until = "9999-12-31T23:59:59Z";
    Bytes more_extensions;  ///< Extension DER.
    bool another_eum_signs = false;
};

/// GeneralSubtree DER of a directoryName, as EUMs' certificates have it; empty parts are left out.
[[nodiscard]] Bytes soft_subtree(std::string_view organization, std::string_view prefix);
/// NameConstraints DER of permitted subtrees.
[[nodiscard]] Bytes soft_permitted(const std::vector<Bytes>& subtrees);

/// The certificate issuer and one manufacturer below it.
class SoftEum {
public:
    explicit SoftEum(const SoftEumCertificate& how = {});
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    [[nodiscard]] const Bytes& certificate() const noexcept { return certificate_; }
    [[nodiscard]] Bytes certify(ByteView spki, const std::string& eid,
                                const SoftEuiccCertificate& how = {}) const;

private:
    PkeyPtr root_key_, key_;
    Bytes root_, certificate_;
};

/// How euiccSigned1 is written; the defaults are true. Each member is one way to lie, or to write
/// what no eUICC writes.
struct SoftEuiccReport {
    Bytes transaction = Bytes(16, 0x54);
    std::string server = "line.example";
    std::optional<Bytes> challenge;                                ///< Another than the server's.
    std::vector<Bytes> versions{{2, 3, 1}, {2, 2, 2}, {4, 6, 9}};  ///< Profile, SVN, firmware.
    Bytes behind_versions;  ///< In euiccInfo2; the default below is added in any case.
    Bytes context_tag{0xA0};
    std::size_t fields = 5;  ///< How many are written, from the first.
    Bytes behind_fields;
    Bytes behind_statement;
    bool another_key_signs = false;
    bool signature_in_der = false;
};

struct SoftEuiccEvidence {
    Bytes statement;
    Bytes signature;  ///< r||s
};

class SoftEuicc {
public:
    SoftEuicc(const SoftEum& maker, const std::string& eid);
    SoftEuicc(PkeyPtr key, Bytes certificate);

    [[nodiscard]] const PkeyPtr& key() const noexcept { return key_; }
    [[nodiscard]] const Bytes& certificate() const noexcept { return certificate_; }
    /// AuthenticateServer with this serverChallenge, 16 octets. Nobody asks the server for its
    /// certificate here.
    [[nodiscard]] SoftEuiccEvidence authenticate(ByteView server_challenge,
                                                 const SoftEuiccReport& how = {}) const;

private:
    PkeyPtr key_;
    Bytes certificate_;
};

}  // namespace hallmark
