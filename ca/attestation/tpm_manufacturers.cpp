#include "ca/attestation/ek_certificate.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

// TCG TPM Vendor ID Registry; the kinds are what each maker is known to ship, empty where it ships
// several.
constexpr std::array manufacturers{
    TpmManufacturer{0x00001014, "swtpm", "software"},  // IBM's id with leading zeros: libtpms
    TpmManufacturer{0x414D4400, "amd", "firmware"},
    TpmManufacturer{0x414E5400, "ant", ""},
    TpmManufacturer{0x41544D4C, "atmel", "discrete"},
    TpmManufacturer{0x4252434D, "broadcom", ""},
    TpmManufacturer{0x4353434F, "cisco", ""},
    TpmManufacturer{0x464C5953, "flyslice", ""},
    TpmManufacturer{0x474F4F47, "google", ""},
    TpmManufacturer{0x48495349, "huawei", ""},
    TpmManufacturer{0x48504500, "hpe", ""},
    TpmManufacturer{0x48504900, "hpi", ""},
    TpmManufacturer{0x49424D00, "ibm", ""},
    TpmManufacturer{0x49465800, "infineon", "discrete"},
    TpmManufacturer{0x494E5443, "intel", "firmware"},
    TpmManufacturer{0x4C454E00, "lenovo", ""},
    TpmManufacturer{0x4D534654, "microsoft", ""},
    TpmManufacturer{0x4E534700, "nsing", "discrete"},
    TpmManufacturer{0x4E534D20, "natsemi", "discrete"},
    TpmManufacturer{0x4E544300, "nuvoton", "discrete"},
    TpmManufacturer{0x4E545A00, "nationz", "discrete"},
    TpmManufacturer{0x51434F4D, "qualcomm", "firmware"},
    TpmManufacturer{0x524F4343, "rockchip", ""},
    TpmManufacturer{0x5345414C, "wisekey", ""},
    TpmManufacturer{0x53454345, "secedge", ""},
    TpmManufacturer{0x534D5343, "smsc", "discrete"},
    TpmManufacturer{0x534D534E, "samsung", ""},
    TpmManufacturer{0x534E5300, "sinosun", "discrete"},
    TpmManufacturer{0x53544D20, "stm", "discrete"},
    TpmManufacturer{0x54584E00, "ti", "discrete"},
    TpmManufacturer{0x57454300, "winbond", "discrete"},
};

}  // namespace

const TpmManufacturer* find_tpm_manufacturer(std::uint32_t id) noexcept {
    const auto* row = std::lower_bound(
        manufacturers.begin(), manufacturers.end(), id,
        [](const TpmManufacturer& left, std::uint32_t wanted) { return left.id < wanted; });
    return row != manufacturers.end() && row->id == id ? row : nullptr;
}

}  // namespace hallmark
