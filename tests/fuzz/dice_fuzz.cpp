// fuzz: NEEDS ca/attestation ca/crypto
// covers: ca/attestation/dice_tcb_info.cpp
// covers: ca/attestation/open_dice.cpp
// What the layers of a device with DICE state. The first octet says which of the structures it is.
#include "ca/attestation/dice_tcb_info.h"
#include "ca/attestation/open_dice.h"

#include <cstdint>
#include <cstdlib>

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

void look_at(const hallmark::DiceTcbInfo& info) {
    for (const auto& text : {info.vendor, info.model, info.version})
        must(!text || (!text->empty() && text->size() <= 64));
    for (const auto& number : {info.svn, info.layer, info.index})
        must(!number || *number >= 0);
    for (const auto& each : info.fwids)
        must(each.digest.size() >= 32 && each.digest.size() <= 64);
}

void look_at(const hallmark::OpenDiceInput& input) {
    must(input.code_hash.size() >= 32 && input.authority_hash.size() >= 32);
    static_cast<void>(hallmark::read_open_dice_configuration(input.configuration));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const hallmark::ByteView octets(data + 1, size - 1);
    switch (data[0]) {
        case 'i':
            if (const auto info = hallmark::parse_tcb_info(octets)) look_at(*info);
            return 0;
        case 's':
            if (const auto infos = hallmark::parse_tcb_info_sequence(octets)) {
                must(!infos->empty() && infos->size() <= 16);
                for (const auto& info : *infos)
                    look_at(info);
            }
            return 0;
        case 'u':
            if (const auto ueid = hallmark::parse_ueid(octets)) must(ueid->size() <= 33);
            return 0;
        case 'r':
            if (const auto composite = hallmark::parse_composite_device_id(octets))
                must(!composite->issuer_spki.empty());
            return 0;
        case 'o':
            if (const auto input = hallmark::parse_open_dice_extension(octets)) look_at(*input);
            return 0;
        default:
            if (const auto certificate = hallmark::parse_open_dice_certificate(octets)) {
                must(!certificate->issuer.empty() && !certificate->subject.empty());
                if (certificate->input) look_at(*certificate->input);
                static_cast<void>(
                    hallmark::is_signed_under(certificate->message, certificate->subject_spki));
            }
            return 0;
    }
}
