// The software elements there are, by the format that each speaks: one row of a table each.
#pragma once

#include "station/element.h"
#include "station/soft_element.h"

#include <memory>
#include <set>

namespace hallmark {

/// What is ordered of a maker. Some makers name their elements by serial, others by prefix.
struct DeliveryOrder {
    std::size_t count = 1;
    std::string prefix = "soft";
    std::uint32_t first_serial = 10'000'001;
    std::string maker = "Example";  ///< In its certificates, where the format leaves that open.
};

/// Elements that nobody has seen before, with what vouches for them.
struct SoftDelivery {
    Bytes root;         ///< DER
    std::string model;  ///< As the manifest says it.
    std::vector<SoftIdentity> identities;
};

/// Each of these throws ElementFault for a format that no software element speaks.
[[nodiscard]] SoftDelivery deliver(std::string_view format, const DeliveryOrder& order);
/// Throws ElementFault for an identity that its own element cannot read, too.
[[nodiscard]] std::unique_ptr<SecureElement> open_soft_element(const SoftIdentity& identity);
/// Every format that a software element speaks.
[[nodiscard]] std::set<std::string> soft_formats();

}  // namespace hallmark
