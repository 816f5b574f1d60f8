// The software elements there are, by the format that each speaks.
#pragma once

#include "station/element.h"
#include "station/soft_element.h"

#include <memory>

namespace hallmark {

/// Throws ElementFault for a format that no software element speaks and for an identity that its
/// own cannot read.
[[nodiscard]] std::unique_ptr<SecureElement> open_soft_element(const SoftIdentity& identity);

}  // namespace hallmark
