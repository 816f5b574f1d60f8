#include "ca/custody/manifest.h"

#include <array>

namespace hallmark {

namespace {

constexpr std::array formats{
    ManifestFormat{microchip_manifest_format, &parse_microchip_manifest},
    ManifestFormat{opcua_ticket_format, &parse_opcua_tickets},
    ManifestFormat{fdo_voucher_format, &parse_fdo_vouchers},
    ManifestFormat{signed_csv_format, &parse_signed_csv},
};

}  // namespace

std::span<const ManifestFormat> manifest_formats() noexcept {
    return formats;
}

const ManifestFormat* find_manifest_format(std::string_view name) noexcept {
    for (const ManifestFormat& format : formats) {
        if (format.name == name) return &format;
    }
    return nullptr;
}

}  // namespace hallmark
