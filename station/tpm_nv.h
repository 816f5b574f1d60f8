// Certificates in a TPM's NV: the endorsement certificates and their issuers as the maker left
// them, and the device's own. Judges nothing: what is trusted is the server's matter.
#pragma once

#include "ca/domain/bytes.h"
#include "station/esys.h"

#include <optional>
#include <vector>

namespace hallmark {

/// The octets of one index; throws ElementFault when it cannot be read.
[[nodiscard]] Bytes read_nv(const TpmConnection& tpm, TPM2_HANDLE index);
/// One DER certificate at this index, without the filling that may follow it; nullopt when the
/// index is not defined.
[[nodiscard]] std::optional<Bytes> certificate_at(const TpmConnection& tpm, TPM2_HANDLE index);
/// Issuers of the EK certificates, NV 0x01C00100 to 0x01C001FF (TCG EK Credential
/// Profile 2.2.1.5.2): DER, in order.
[[nodiscard]] std::vector<Bytes> issuers_in_nv(const TpmConnection& tpm);
/// Writes `content` into an index of the owner's, made anew for its size.
void write_nv(const TpmConnection& tpm, TPM2_HANDLE index, ByteView content);

}  // namespace hallmark
