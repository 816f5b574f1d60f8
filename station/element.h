// A Secure Element as the provisioning line sees it: it says who it is, makes one leaf key that
// never leaves it, answers a challenge, signs, and keeps the certificate. Each kind of element is
// one file behind this. Knows no HTTP and no JSON.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/evidence.h"
#include "ca/domain/fault.h"
#include "ca/domain/result.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// The element or the way to it failed: no answer, a command refused, something unexpected in it.
class ElementFault : public Fault {
public:
    using Fault::Fault;
};

/// What the server answered to the challenge request, and what must be bound together.
struct ReceivedChallenge {
    Bytes challenge;
    Bytes nonce;                          ///< As protocol.md binds it to door, challenge and key.
    Bytes csr;                            ///< DER
    std::vector<EvidenceMember> members;  ///< The format's own ("credential_blob", "secret").
};

/// Every call throws ElementFault when the element fails; nothing stays loaded or open in it then.
class SecureElement {
public:
    virtual ~SecureElement() = default;

    [[nodiscard]] virtual std::string_view format() const noexcept = 0;
    /// The same for the element's whole life, and different for every element: lower-case hex.
    [[nodiscard]] virtual std::string identity() = 0;
    /// The format's own members of the challenge request.
    [[nodiscard]] virtual std::vector<EvidenceMember> introduce() = 0;
    /// What the request must carry beside the nonce, before the leaf key signs it: Attributes, DER.
    [[nodiscard]] virtual std::vector<Bytes> request_attributes(ByteView /*nonce*/) { return {}; }
    /// SPKI of the leaf key that is in its place now; nullopt when the place is empty.
    [[nodiscard]] virtual std::optional<Bytes> leaf() = 0;
    /// Makes a leaf key in the element and puts it in its place, which must be empty; its SPKI.
    virtual Bytes make_leaf() = 0;
    /// Empties the leaf key's place for ever.
    virtual void drop_leaf() = 0;
    [[nodiscard]] virtual Evidence attest(const ReceivedChallenge& answer) = 0;
    /// By the leaf key: ECDSA with SHA-256 over the message, DER Ecdsa-Sig-Value.
    [[nodiscard]] virtual Bytes sign(ByteView message) = 0;
    /// Puts the certificate where the device's software finds it, and reads it back from there.
    [[nodiscard]] virtual Bytes install(ByteView certificate_der) = 0;
};

}  // namespace hallmark
