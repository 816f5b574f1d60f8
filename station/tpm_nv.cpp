#include "station/tpm_nv.h"

#include "ca/crypto/der.h"

#include <algorithm>

namespace hallmark {
namespace {

// An index bigger than this is no certificate, and a TPM that claims one is broken.
constexpr std::size_t largest_index = 16 * 1024;

std::size_t buffer_limit(const TpmConnection& tpm) {
    EsysPtr<TPMS_CAPABILITY_DATA> answer;
    TPMI_YES_NO more = TPM2_NO;
    check_tpm(
        Esys_GetCapability(tpm.get(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                           TPM2_CAP_TPM_PROPERTIES, TPM2_PT_NV_BUFFER_MAX, 1, &more, out(answer)),
        "TPM2_GetCapability(NV buffer)");
    const TPML_TAGGED_TPM_PROPERTY& list = answer->data.tpmProperties;
    const bool told = list.count == 1 && list.tpmProperty[0].property == TPM2_PT_NV_BUFFER_MAX;
    // 512 octets: what every TPM takes (PC Client Platform TPM Profile 3.6).
    return std::clamp<std::size_t>(told ? list.tpmProperty[0].value : 512, 64,
                                   TPM2_MAX_NV_BUFFER_SIZE);
}

/// The first DER SEQUENCE of `bytes`; what follows is returned through `rest`.
std::optional<Bytes> take_sequence(ByteView bytes, ByteView& rest) {
    DerReader reader(bytes);
    const auto element = reader.element(tag::sequence);
    if (!element) return std::nullopt;
    rest = reader.rest();
    return to_bytes(element->whole);
}

}  // namespace

Bytes read_nv(const TpmConnection& tpm, TPM2_HANDLE index) {
    const Reference reference(tpm, index);
    EsysPtr<TPM2B_NV_PUBLIC> area;
    EsysPtr<TPM2B_NAME> name;
    check_tpm(Esys_NV_ReadPublic(tpm.get(), reference.get(), ESYS_TR_NONE, ESYS_TR_NONE,
                                 ESYS_TR_NONE, out(area), out(name)),
              "TPM2_NV_ReadPublic");
    const std::size_t size = area->nvPublic.dataSize;
    if (size > largest_index) throw ElementFault("an NV index is larger than any certificate");
    // The index's own authorisation is empty for EK certificates; what the owner may read is read
    // as owner.
    const bool by_index = (area->nvPublic.attributes & TPMA_NV_AUTHREAD) != 0;
    const std::size_t at_once = buffer_limit(tpm);
    Bytes content;
    while (content.size() < size) {
        EsysPtr<TPM2B_MAX_NV_BUFFER> part;
        check_tpm(Esys_NV_Read(tpm.get(), by_index ? reference.get() : ESYS_TR_RH_OWNER,
                               reference.get(), ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                               static_cast<UINT16>(std::min(at_once, size - content.size())),
                               static_cast<UINT16>(content.size()), out(part)),
                  "TPM2_NV_Read");
        if (part->size == 0) throw ElementFault("TPM2_NV_Read gave nothing");
        append(content, ByteView(part->buffer, part->size));
    }
    return content;
}

std::optional<Bytes> certificate_at(const TpmConnection& tpm, TPM2_HANDLE index) {
    if (!has_handle(tpm, index)) return std::nullopt;
    ByteView filling;
    auto certificate = take_sequence(read_nv(tpm, index), filling);
    if (!certificate)
        throw ElementFault("an NV index that should hold a certificate holds something else");
    return certificate;
}

std::vector<Bytes> issuers_in_nv(const TpmConnection& tpm) {
    // A certificate may run over from one index into the next: the contents are one stream.
    Bytes stream;
    for (const TPM2_HANDLE index : handles_between(tpm, 0x01C00100, 0x01C001FF)) {
        append(stream, ByteView(read_nv(tpm, index)));
        if (stream.size() > 4 * largest_index) throw ElementFault("too many issuers in NV");
    }
    std::vector<Bytes> issuers;
    ByteView rest = stream;
    while (auto certificate = take_sequence(rest, rest))
        issuers.push_back(std::move(*certificate));
    return issuers;
}

void write_nv(const TpmConnection& tpm, TPM2_HANDLE index, ByteView content) {
    if (content.empty() || content.size() > largest_index)
        throw ElementFault("content does not fit an NV index");
    if (has_handle(tpm, index)) {
        Reference old(tpm, index);
        check_tpm(Esys_NV_UndefineSpace(tpm.get(), ESYS_TR_RH_OWNER, old.get(), ESYS_TR_PASSWORD,
                                        ESYS_TR_NONE, ESYS_TR_NONE),
                  "TPM2_NV_UndefineSpace");
        old.forget();
    }
    TPM2B_NV_PUBLIC area{};
    area.nvPublic.nvIndex = index;
    area.nvPublic.nameAlg = TPM2_ALG_SHA256;
    area.nvPublic.attributes =
        TPMA_NV_OWNERWRITE | TPMA_NV_OWNERREAD | TPMA_NV_AUTHREAD | TPMA_NV_NO_DA;
    area.nvPublic.dataSize = static_cast<UINT16>(content.size());
    const TPM2B_AUTH none{};
    ESYS_TR made = ESYS_TR_NONE;
    check_tpm(Esys_NV_DefineSpace(tpm.get(), ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                  ESYS_TR_NONE, &none, &area, &made),
              "TPM2_NV_DefineSpace");
    Esys_TR_Close(tpm.get(), &made);
    const Reference reference(tpm, index);
    const std::size_t at_once = buffer_limit(tpm);
    for (std::size_t offset = 0; offset < content.size(); offset += at_once) {
        const ByteView part = content.subspan(offset, std::min(at_once, content.size() - offset));
        TPM2B_MAX_NV_BUFFER buffer{};
        buffer.size = static_cast<UINT16>(part.size());
        std::ranges::copy(part, buffer.buffer);
        check_tpm(Esys_NV_Write(tpm.get(), ESYS_TR_RH_OWNER, reference.get(), ESYS_TR_PASSWORD,
                                ESYS_TR_NONE, ESYS_TR_NONE, &buffer, static_cast<UINT16>(offset)),
                  "TPM2_NV_Write");
    }
}

}  // namespace hallmark
