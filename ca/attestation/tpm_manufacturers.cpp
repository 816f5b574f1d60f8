#include "ca/attestation/ek_certificate.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

constexpr std::string_view discrete = "discrete";
constexpr std::string_view firmware = "firmware";
constexpr std::string_view is_virtual = "virtual";
constexpr std::string_view unknown = "unknown";

// TCG TPM Vendor ID Registry; the kinds are what each maker is known to ship. Microsoft's own code
// is also the firmware TPM of others' processors: where one maker stands for both, the weaker
// counts.
constexpr std::array manufacturers{
    TpmManufacturer{0x00001014, "swtpm", is_virtual},  // IBM's id with leading zeros: libtpms
    TpmManufacturer{0x414D4400, "amd", firmware},
    TpmManufacturer{0x414E5400, "ant", unknown},
    TpmManufacturer{0x41544D4C, "atmel", discrete},
    TpmManufacturer{0x4252434D, "broadcom", unknown},
    TpmManufacturer{0x4353434F, "cisco", unknown},
    TpmManufacturer{0x464C5953, "flyslice", unknown},
    TpmManufacturer{0x474F4F47, "google", unknown},
    TpmManufacturer{0x48495349, "huawei", unknown},
    TpmManufacturer{0x48504500, "hpe", unknown},
    TpmManufacturer{0x48504900, "hpi", unknown},
    TpmManufacturer{0x49424D00, "ibm", is_virtual},
    TpmManufacturer{0x49465800, "infineon", discrete},
    TpmManufacturer{0x494E5443, "intel", firmware},
    TpmManufacturer{0x4C454E00, "lenovo", unknown},
    TpmManufacturer{0x4D534654, "microsoft", is_virtual},
    TpmManufacturer{0x4E534700, "nsing", discrete},
    TpmManufacturer{0x4E534D20, "natsemi", discrete},
    TpmManufacturer{0x4E544300, "nuvoton", discrete},
    TpmManufacturer{0x4E545A00, "nationz", discrete},
    TpmManufacturer{0x51434F4D, "qualcomm", firmware},
    TpmManufacturer{0x524F4343, "rockchip", unknown},
    TpmManufacturer{0x5345414C, "wisekey", unknown},
    TpmManufacturer{0x53454345, "secedge", unknown},
    TpmManufacturer{0x534D5343, "smsc", discrete},
    TpmManufacturer{0x534D534E, "samsung", unknown},
    TpmManufacturer{0x534E5300, "sinosun", discrete},
    TpmManufacturer{0x53544D20, "stm", discrete},
    TpmManufacturer{0x54584E00, "ti", discrete},
    TpmManufacturer{0x57454300, "winbond", discrete},
};

/// What a maker of several kinds calls the ones of one kind.
struct ToldByModel {
    std::uint32_t manufacturer = 0;
    std::string_view model_begins;
    std::string_view kind;
};
constexpr std::array models{
    ToldByModel{0x474F4F47, "vTPM", is_virtual},  // Google's Shielded VMs
};

}  // namespace

const TpmManufacturer* find_tpm_manufacturer(std::uint32_t id) noexcept {
    const auto* row = std::lower_bound(
        manufacturers.begin(), manufacturers.end(), id,
        [](const TpmManufacturer& left, std::uint32_t wanted) { return left.id < wanted; });
    return row != manufacturers.end() && row->id == id ? row : nullptr;
}

std::string_view tpm_kind_of(const TpmIdentity& identity) noexcept {
    for (const ToldByModel& row : models) {
        if (row.manufacturer == identity.manufacturer.id &&
            identity.model.starts_with(row.model_begins)) {
            return row.kind;
        }
    }
    return identity.manufacturer.kind;
}

}  // namespace hallmark
